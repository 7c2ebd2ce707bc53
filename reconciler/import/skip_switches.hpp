// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The variables that make IBM's public Terraform modules (terraform-ibm-modules) omit an
// authorization. A state contains neither a module's source nor its variables: the variables are
// guessed from the names of resources in IBM's modules, and must be checked.
#pragma once

#include "reconciler/import/terraform_state.hpp"

#include <span>
#include <string>
#include <vector>

namespace authzd {

struct SkipSwitch {
  std::string resource;                // in_config, of a resource in a module
  std::vector<std::string> variables;  // as in IBM's modules, the likeliest first; empty: no such
                                       // resource is known
};

/// One per resource in a module, sorted.
std::vector<SkipSwitch> skip_switches(std::span<const StatePolicy> policies);

}  // namespace authzd
