// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One account as it is to be reconciled: configuration, after all defaults.
#pragma once

#include "reconciler/base/id.hpp"
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
  bool allow_empty = false;
  std::chrono::milliseconds settle{120'000};
  std::size_t concurrency = 4;
};

}  // namespace authzd
