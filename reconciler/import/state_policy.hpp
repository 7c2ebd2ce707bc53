// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One authorization of Terraform's state as IAM has it: what IBM's provider makes of its arguments
// (iam-api §3), backwards. Private to this folder; it brings nlohmann along.
#pragma once

#include "reconciler/import/terraform_state.hpp"

#include <nlohmann/json.hpp>

namespace authzd {

/// Fills the content of `policy`, and says there what cannot be told.
void read_attributes(const nlohmann::json& attributes, StatePolicy& policy);

}  // namespace authzd
