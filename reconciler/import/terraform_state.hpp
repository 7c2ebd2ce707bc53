// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Reads the authorizations in a Terraform state: the resources ibm_iam_authorization_policy of the
// state file, and of `terraform show -json` and `tofu show -json`. It keeps nothing else of a
// state, which contains secrets of other resources.
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/import/resource_address.hpp"
#include "reconciler/model/policy.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

inline constexpr std::size_t kMaxStateBytes = 64U << 20U;
inline constexpr int kMaxStateDepth = 128;  // nested brackets

struct StatePolicy {
  ResourceAddress address;
  PolicyId id;  // empty: not in the state
  /// The policy in IAM, with display names instead of role CRNs. Accounts only as named in the
  /// state.
  PolicyContent content;
  std::string unreadable = {};  // why a part cannot be determined from the state; else empty
};

struct StateReading {
  std::vector<StatePolicy> policies;  // sorted by address
  std::size_t deposed = 0;            // objects that Terraform is about to delete: not included
};

/// Errors: invalid_manifest, with instructions, if it is not a state, too large, of a version
/// before 4, encrypted, or of an unknown shape.
Result<StateReading> read_terraform_state(std::string_view text);

}  // namespace authzd
