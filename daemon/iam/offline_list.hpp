// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A saved list of policies instead of IAM: for comparing manifests with an export.
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/model/policy.hpp"
#include "reconciler/model/role.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace authzd {

struct SavedList {
  std::vector<Observed> policies;     // active authorizations, sorted by id
  std::vector<std::string> warnings;  // what the file lacks, one line each
};

/// Reads a saved reply of GET /v2/policies (or v1), or the array that `ibmcloud iam
/// authorization-policies --output JSON` prints. Errors: invalid_config if it is neither, is one
/// page of several, or has a policy that cannot be decoded.
Result<SavedList> parse_saved_list(std::string_view text);

/// The roles that have names without IAM: those with names in the list, and those that IBM
/// publishes, with the CRN of the list, or else the published one. For comparing only; nothing is
/// written from it.
RoleTable offline_roles(const std::vector<Observed>& policies, const RoleQuery& pair);

}  // namespace authzd
