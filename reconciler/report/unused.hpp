// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Policies that nobody seems to need: without use, by what IAM and the state have recorded, and
// those of instances that are gone. IAM may keep no record of an authorization's use at all: then
// the report says nothing about use.
//
//   the newest known use      | reported as
//   --------------------------+--------------------------------------------------------------------
//   within the period         | nothing
//   older                     | unused since then
//   none, made within the     | nothing: it is too new (counted)
//   period                    |
//   none, and uses of other   | never used since authzd watches, or as far as IAM has recorded
//   policies are known        |
//   none, and none of others  | nothing: its use is not known (counted)
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/model/policy.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace authzd {

struct UseFacts {
  AccountId account;
  std::span<const Observed> policies;
  std::map<PolicyId, Timestamp> last_uses = {};  // that the state has recorded
  std::optional<Timestamp> watched_since = {};   // the oldest record of the state
  Timestamp now = {};
  std::chrono::days period{90};
  /// The ids of the account's instances, as far as the caller may see them; none: not known.
  std::optional<std::set<std::string>> instances = {};
};

struct UnusedPolicy {
  const Observed* policy = nullptr;
  std::optional<Timestamp> last_used = {};
  bool is_unused = false;                  // in the period
  std::vector<std::string> evidence = {};  // "last used 2026-08-01T00:00:00Z (122 days ago)", …
};

struct UnusedPolicies {
  std::vector<UnusedPolicy> found;  // the longest without use first: never, then by time and id
  bool is_use_known = false;        // of any policy of the account
  std::size_t not_known = 0;        // policies whose use is not known
  std::size_t too_new = 0;          // without use, and made within the period
};

/// Points into `facts.policies`.
UnusedPolicies unused_policies(const UseFacts& facts);

}  // namespace authzd
