// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What makes Terraform leave authorizations to authzd: blocks with which it forgets resources and
// keeps their policies in IAM, and the variables that make IBM's public modules
// (terraform-ibm-modules) omit an authorization. A state contains neither a module's source nor its
// variables: the variables are guessed from the names of resources in IBM's modules, and must be
// checked.
#pragma once

#include "reconciler/import/terraform_state.hpp"

#include <span>
#include <string>
#include <vector>

namespace authzd {

/// The text of removed.tf: a block for each resource of the configuration, with instructions for
/// those in modules. Empty for none.
std::string removed_blocks(const std::vector<const StatePolicy*>& policies);

struct SkipSwitch {
  std::string resource;                // in_config, of a resource in a module
  std::vector<std::string> variables;  // as in IBM's modules, the likeliest first; empty: no such
                                       // resource is known
};

/// One per resource in a module, sorted.
std::vector<SkipSwitch> skip_switches(std::span<const StatePolicy> policies);

}  // namespace authzd
