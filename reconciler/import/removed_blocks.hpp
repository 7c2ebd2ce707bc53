// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// How Terraform forgets resources and leaves in IAM what they made. Private to this
// folder.
#pragma once

#include "reconciler/import/terraform_state.hpp"

#include <string>
#include <vector>

namespace authzd {

/// The text of removed.tf: a block for each resource of the configuration, with what to know about
/// those in modules. Empty for none.
std::string removed_blocks(const std::vector<const StatePolicy*>& policies);

}  // namespace authzd
