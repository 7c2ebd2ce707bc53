// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Whether the state is older than the changes of our own identities in the account (design §6):
// after the restoration of an old backup, or with a second installation of the same owner and key.
#pragma once

#include "daemon/cycle/account_memory.hpp"
#include "daemon/cycle/observation.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

struct StateAge {
  std::optional<OwnChange> newest;    // our own, in IAM; the state is aware of it from now on
  std::vector<OwnChange> ahead;       // in a new state: those that IAM dates in the future
  std::optional<Timestamp> passed;    // the future of some known ones has come
  std::optional<OwnChange> unknown;   // found now: the state is not aware of it
  std::optional<OwnChange> standing;  // found before, and deletes have not been approved since
  /// Keys with a protection that is newer than what the state knows: its release begins at that
  /// time.
  std::set<Key> protected_since;
  Timestamp at = {};
  bool went_unseen = false;  // RailMemory::went_unseen, of the planned revision

  [[nodiscard]] const std::optional<OwnChange>& found() const {
    return unknown ? unknown : standing;
  }
};

/// Errors: those of the state.
Result<StateAge> judge_state(const ReadingContext& context,
                             const Observation& observation,
                             const Ownership& ownership);

/// The same for what IAM has now. Errors: those of observe and the state.
Async<StateAge> look_at_state_age(ReadingContext context);

/// The same, and drops from `remembered` and `ownership` what must not be used from an older state:
/// its approvals and pins, and since when it has waited for something. The release of a protection
/// that only IAM shows starts again. Removals and ends also start again if nobody looked at the
/// account for long and `planned`, a revision, is another one since. Errors: as judge_state.
Result<StateAge> distrust_older_state(const ReadingContext& context,
                                      const Observation& observation,
                                      Ownership& ownership,
                                      AccountMemory& remembered,
                                      const std::optional<std::string>& planned = {});

/// The same for the memory of a plan.
void distrust(PlanMemory& memory, const StateAge& age);

/// Stores it: before any write, which would make the state look new. Errors: those of the state.
Result<void> keep_state_age(AccountState& state, const StateAge& age);

/// What was found, what it means, and what to do.
std::string state_age_text(const OwnChange& change);

/// The plan, with a note if the state is older.
Plan with_state_age(Plan plan, const StateAge& age);

}  // namespace authzd
