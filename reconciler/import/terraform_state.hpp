// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What Terraform's state says of authorizations: the resources ibm_iam_authorization_policy of the
// state file, and of what `terraform show -json` and `tofu show -json` print. Nothing else of a
// state is kept: it holds secrets of other resources.
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
inline constexpr int kMaxStateDepth = 128;  // of brackets in brackets

struct StatePolicy {
  ResourceAddress address;
  PolicyId id;  // empty: the state has none
  /// What IAM has, with display names in place of roles' CRNs. An account is there where the state
  /// names it.
  PolicyContent content;
  std::string unreadable = {};  // why a part of it cannot be told from the state; else empty
};

struct StateReading {
  std::vector<StatePolicy> policies;  // sorted by address
  std::size_t deposed = 0;            // objects that Terraform is about to delete: not among them
};

/// Errors: invalid_manifest, with what to do, where it is no state, too large, of a version before
/// 4, encrypted, or of a shape that no version of 4 and later has.
Result<StateReading> read_terraform_state(std::string_view text);

}  // namespace authzd
