// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One account as it is to be reconciled: configuration, after all defaults.
#pragma once

#include "daemon/config/approvers.hpp"
#include "daemon/net/http.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/manifest/source_file.hpp"
#include "reconciler/plan/planner.hpp"
#include "reconciler/plan/rail_rules.hpp"

#include <chrono>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace authzd {

struct AccountSpec {
  std::string name;  // for people
  AccountId id;
  std::vector<std::string> paths = {"."};
  std::string owner;
  std::set<IamId> identities = {};  // besides the token's own
  std::set<std::string, std::less<>> previous_owners = {};
  Mode mode = Mode::observe;
  Adopt adopt = Adopt::never;
  RailRules rails = {};
  std::chrono::milliseconds rail_window = std::chrono::hours(24);   // that the counts speak of
  std::chrono::milliseconds approval_ttl = std::chrono::hours(24);  // for how long one counts
  Approvers approvers = {};
  bool keeps_state = true;           // false: nothing counts in a later call what this one does
  bool allow_empty = false;          // manifests that hold no authorization
  bool allow_empty_account = false;  // an account whose list shows no policy at all
  LoadLimits load_limits = {};       // of a revision
  bool tells_grants = false;         // each cycle finds out how every grant stands
  bool trusts_markers = false;       // as Ownership has it: only of a call that shows a plan
  std::chrono::milliseconds settle{120'000};
  std::size_t concurrency = kDefaultConcurrency;
  /// What `authzd approve HASH` needs behind it to reach this account's daemon, with a blank before
  /// it: another configuration than the default; else empty.
  std::string approve_options = {};
  std::size_t policy_limit = 4'020;  // that the account may hold; 0: not known
};

}  // namespace authzd
