// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The variables by which IBM's public Terraform modules (terraform-ibm-modules) leave an
// authorization out. A state names neither a module's source nor its variables: what is said here
// is by the names that IBM's modules give their resources, and has to be looked up.
#pragma once

#include "reconciler/import/terraform_state.hpp"

#include <span>
#include <string>
#include <vector>

namespace authzd {

struct SkipSwitch {
  std::string resource;                // in_config, of a resource in a module
  std::vector<std::string> variables;  // as IBM's modules have them, the likeliest first; may be
                                       // empty: no such resource of theirs is known
};

/// One for each resource that lies in a module, sorted.
std::vector<SkipSwitch> skip_switches(std::span<const StatePolicy> policies);

}  // namespace authzd
