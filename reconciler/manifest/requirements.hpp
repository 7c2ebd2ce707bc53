// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What an installation requires of each authorization beyond a valid manifest (`require` in the
// configuration): an owner, a ticket for some changes, an end. A manifest without it is invalid,
// with a caret; what is already in force only gets a warning.
#pragma once

#include "reconciler/base/time.hpp"
#include "reconciler/model/desired.hpp"

#include <chrono>
#include <optional>
#include <set>
#include <string>

namespace authzd {

/// The grants that need a ticket.
enum class TicketFor {
  widening,       // new or wider than in the revision in force
  delegate,       // the role Authorization Delegator
  other_account,  // a source in another account, or in any
};

struct Requirements {
  bool owner = false;
  std::set<TicketFor> ticket_for = {};
  std::optional<std::chrono::milliseconds> max_lifetime = {};  // none: a grant may have no end

  bool operator==(const Requirements&) const = default;
};

/// What the requirements are checked against.
struct RequirementCheck {
  Requirements require = {};
  /// The revision in force, to tell a widening; null: unknown, so that a widening is a warning.
  /// Must outlive the check.
  const Desired* applied = nullptr;
  /// The text that is checked is the one in force: every problem is a warning.
  bool is_in_force = false;
};

/// Equal for equal requirements: the verdict on a revision depends on it. Empty if nothing is
/// required.
std::string fingerprint_of(const Requirements& require);

}  // namespace authzd
