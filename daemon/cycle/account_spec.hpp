// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One account as it is to be reconciled: its configuration, after all defaults.
#pragma once

#include "daemon/config/approvers.hpp"
#include "daemon/cycle/fleet_revision.hpp"
#include "daemon/net/http.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/manifest/requirements.hpp"
#include "reconciler/manifest/source_file.hpp"
#include "reconciler/model/account_origin.hpp"
#include "reconciler/model/account_traits.hpp"
#include "reconciler/plan/due_dates.hpp"
#include "reconciler/plan/planner.hpp"
#include "reconciler/rails/rail_rules.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace authzd {

struct AccountSpec {
  std::string name;  // for display
  AccountId id;
  AccountTraits::Texts labels = {};
  AccountTraits::Texts params = {};
  AccountOrigin origin = AccountOrigin::configured;
  /// Why the account is kept though nothing names it any more; empty: something does.
  std::string unreachable = {};
  /// Of the file of accounts that has its labels and parameters; null: they are from elsewhere.
  std::shared_ptr<const FleetRevision> fleet = {};
  AccountTraits fleet_common = {};  // labels and parameters that all accounts of the file have
  bool is_removed = false;  // it shall have no policy of ours: each delete waits for an approval
  std::vector<std::string> paths = {"."};
  std::string owner;
  std::set<IamId> identities = {};  // besides the token's own
  std::set<std::string, std::less<>> previous_owners = {};
  Mode mode = Mode::observe;
  Adopt adopt = Adopt::never;
  RailRules rails = {};
  std::chrono::milliseconds rail_window = std::chrono::hours(24);   // covered by the counts
  std::chrono::milliseconds approval_ttl = std::chrono::hours(24);  // how long an approval counts
  /// After a longer time without a cycle, another revision starts again what waits.
  std::chrono::milliseconds longest_gap = std::chrono::minutes(15);
  Approvers approvers = {};
  bool keeps_state = true;                     // false: no later call knows what this one does
  bool allow_empty = false;                    // manifests without any authorization
  bool allow_empty_account = false;            // an account whose list has no policy at all
  LoadLimits load_limits = {};                 // of a revision
  Requirements require = {};                   // of each authorization
  RemindBefore remind_before = kRemindBefore;  // an end, or a review
  bool tells_grants = false;                   // each cycle determines how every grant stands
  bool trusts_markers = false;                 // as in Ownership: only for a call that shows a plan
  std::chrono::milliseconds settle{120'000};
  std::size_t concurrency = kDefaultConcurrency;
  /// What follows `authzd approve HASH` to reach this account's daemon, with a leading blank: a
  /// configuration other than the default; else empty.
  std::string approve_options = {};
  std::size_t policy_limit = 4'020;  // that the account may have; 0: unknown
  std::string commit_link = {};      // of a commit's page, with "{commit}"; empty: none
};

}  // namespace authzd
