// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Makes Terraform forget resources and keep their policies in IAM. Private to this folder.
#pragma once

#include "reconciler/import/terraform_state.hpp"

#include <string>
#include <vector>

namespace authzd {

/// The text of removed.tf: a block for each resource of the configuration, with instructions for
/// those in modules. Empty for none.
std::string removed_blocks(const std::vector<const StatePolicy*>& policies);

}  // namespace authzd
