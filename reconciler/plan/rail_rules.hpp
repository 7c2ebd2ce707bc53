// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the rails are told: the rules, which come from the configuration and never from the
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
  std::optional<std::size_t> max_restore = {};  // none: what others took may always be given back

  bool operator==(const RailLimits&) const = default;
};

/// What may be granted without a further word. An absent member allows all, but for the source
/// accounts: there an absent member allows the own account alone, which is always allowed.
struct RailAllow {
  std::optional<std::set<std::string>> source_accounts = {};  // ids
  std::optional<bool> delegate = {};                          // the role Authorization Delegator
  std::optional<std::set<std::string>> roles = {};            // CRNs, or names of predefined roles
  std::optional<std::set<std::string>> targets = {};          // service names

  bool operator==(const RailAllow&) const = default;
};

/// What is shown as ending for a time before it is taken away: a key service delays the deletion of
/// a key for the same reason.
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
      std::chrono::hours(24);  // for whoever decides
                               // PlanOptions::protect_releases
  bool operator==(const RailRules&) const = default;
};

/// What is known besides the plan. A value made without a word holds back most: it knows no window
/// and no first approval.
struct RailHistory {
  Timestamp now = {};            // what "recently used" and removalGrace are measured against
  bool is_time_trusted = false;  // false: nothing begins to be wanted now, and no end can be told

  // Writes done in the sliding window, as count_kind() sorts them.
  std::size_t deletes = 0;
  std::size_t updates = 0;
  std::size_t creates = 0;
  std::size_t restores = 0;
  std::optional<std::size_t> ours_at_start = {};  // of the window; none: take the plan's own count

  bool first_deletes_approved = false;  // false: the state of this account is new, or was lost
  bool is_state_older = false;          // than what we did in the account, says IAM
  bool is_use_withheld = false;         // IAM told the last use of policies before, and not now
  bool is_kept = true;                  // false: there is no state; no window adds up the calls
  bool is_repeated = true;              // false: of an undo, which no cycle plans again

  /// Display names by role CRN, as far as looked up: allow.roles may name either.
  std::map<std::string, std::string, std::less<>> role_names = {};
};

}  // namespace authzd
