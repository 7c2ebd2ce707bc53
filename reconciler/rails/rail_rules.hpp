// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The input of the rails: the rules, which come from the configuration and never from the
// repository of manifests, and the history, which comes from the state.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/model/assertion.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace authzd {

struct RailLimits {
  std::size_t max_delete = 10;
  std::size_t max_delete_percent = 25;  // of ours, rounded down; one delete is always allowed
  std::size_t max_update = 25;
  std::size_t max_create = 50;
  std::optional<std::size_t> max_restore = {};  // none: what others removed may always be restored

  bool operator==(const RailLimits&) const = default;
};

/// What may be granted without approval. An absent member allows everything, except for the source
/// accounts: absent allows only the own account, which is always allowed.
struct RailAllow {
  std::optional<std::set<std::string>> source_accounts = {};  // ids
  std::optional<bool> delegate = {};                          // the role Authorization Delegator
  std::optional<std::set<std::string>> roles = {};            // CRNs, or names of predefined roles
  std::optional<std::set<std::string>> targets = {};          // service names

  bool operator==(const RailAllow&) const = default;
};

/// Access to these targets is shown as ending for some time before it is removed. A key service
/// delays the deletion of a key for the same reason.
struct RemovalGrace {
  std::set<std::string> targets = {"kms", "hs-crypto"};    // service names
  std::chrono::milliseconds wait = std::chrono::hours(1);  // 0: no such hold

  bool operator==(const RemovalGrace&) const = default;
};

struct RailRules {
  RailLimits limits = {};
  RailAllow allow = {};
  std::chrono::milliseconds hold_used_within = std::chrono::hours(30 * 24);  // 0: no such hold
  bool hold_unknown = false;
  RemovalGrace removal_grace = {};
  bool hold_delegators = true;
  std::vector<PolicyPattern> never = {};  // for PlanOptions::never
  std::chrono::milliseconds protect_release =
      std::chrono::hours(24);  // for the code that sets PlanOptions::protect_releases
  bool operator==(const RailRules&) const = default;
};

/// Facts beyond the plan. The default value is the strictest: no window and no first approval.
struct RailHistory {
  Timestamp now = {};            // the reference for "recently used" and removalGrace
  bool is_time_trusted = false;  // false: no removal begins to be wanted now, and no end can be
                                 // predicted

  // Completed writes in the sliding window, classified by count_kind().
  std::size_t deletes = 0;
  std::size_t updates = 0;
  std::size_t creates = 0;
  std::size_t restores = 0;
  std::optional<std::size_t> ours_at_start = {};  // of the window; up to 1: the plan's own

  bool first_deletes_approved = false;  // false: the state of this account is new, or was lost
  bool is_state_older = false;   // IAM shows writes of ours in the account that the state does not
                                 // have
  bool is_use_withheld = false;  // IAM reported the last use of policies before, and does not now
  bool is_newest_refused = false;  // the newest revision is refused, or cannot be read: it may put
                                   // back what the one in force no longer grants
  bool is_kept = true;             // false: there is no state; no window spans several calls
  bool is_repeated = true;         // false for an undo, which no cycle plans again

  /// Display names by role CRN, as far as looked up: allow.roles may use either.
  std::map<std::string, std::string, std::less<>> role_names = {};
};

}  // namespace authzd
