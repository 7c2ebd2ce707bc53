// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Converts one authorization of a Terraform state to the policy in IAM: the reverse of IBM's
// provider (iam-api §3). Private to this folder; it includes nlohmann.
#pragma once

#include "reconciler/import/terraform_state.hpp"

#include <nlohmann/json.hpp>

namespace authzd {

/// Sets the content of `policy`, and records there what cannot be determined.
void read_attributes(const nlohmann::json& attributes, StatePolicy& policy);

}  // namespace authzd
