// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Rails: checks on a whole plan, before its first write. One that trips holds ALL the actions that
// it covers, not the surplus; what it does not cover goes on (design §6).
#pragma once

#include "reconciler/plan/plan.hpp"

#include <cstddef>
#include <set>
#include <string>

namespace authzd {

struct RailLimits {
  std::size_t max_delete = 10;
  std::size_t max_delete_percent = 25;  // of ours, rounded down; one delete is always allowed
  std::size_t max_update = 25;
  std::size_t max_create = 50;
};

/// What has been done already in the window that the limits speak of.
struct RailHistory {
  std::size_t deletes = 0;  // narrowing updates included
  std::size_t updates = 0;
  std::size_t creates = 0;
  std::size_t ours_at_start = 0;  // of the window; 0: take the plan's own count
};

/// The plan with every action held that a rail covers and that `approved` (hashes of holds) does
/// not let through. Where several rails trip for the same actions, one hold names them all
/// ("maxDelete, maxDeletePercent"), and one approval covers them. Idempotent; actions and their
/// order stay the same.
Plan apply_rails(Plan plan,
                 const RailLimits& limits,
                 const RailHistory& history,
                 const std::set<std::string>& approved);

}  // namespace authzd
