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
  Mode mode = Mode::observe;
  Adopt adopt = Adopt::never;
  RailRules rails = {};
  bool allow_empty = false;
  std::chrono::milliseconds settle{120'000};
  std::size_t concurrency = 4;
};

}  // namespace authzd
