// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Whether the state is older than what our own identities did in the account (design §6): after an
// old backup was put in its place, or beside a second installation of the same owner and key.
#pragma once

#include "daemon/cycle/account_memory.hpp"
#include "daemon/cycle/observation.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace authzd {

struct StateAge {
  std::optional<OwnChange> newest;    // of ours in IAM; what the state accounts for from now on
  std::optional<OwnChange> unknown;   // found now: the state does not account for it
  std::optional<OwnChange> standing;  // found before, and no delete has been let through since

  [[nodiscard]] const std::optional<OwnChange>& found() const {
    return unknown ? unknown : standing;
  }
};

/// Errors: those of the state.
Result<StateAge> judge_state(const ReadingContext& context,
                             const Observation& observation,
                             const Ownership& ownership);

/// The same of what IAM has now. Errors: those of observe and the state.
Async<StateAge> look_at_state_age(ReadingContext context);

/// What of an older state may still be used: its approvals and its pins may not.
void distrust(AccountMemory& remembered, const StateAge& age);

/// Remembers it: before anything is written, which would make the state look new. Errors: those of
/// the state.
Result<void> keep_state_age(AccountState& state, const StateAge& age);

/// What was found, what it means, and what to do.
std::string state_age_text(const OwnChange& change);

/// The plan with a note on it, where the state is older.
Plan with_state_age(Plan plan, const StateAge& age);

}  // namespace authzd
