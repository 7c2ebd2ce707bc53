// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Actions and notes of plans as lists. Every list is bounded; what is left out is counted.
#pragma once

#include "daemon/console/html.hpp"
#include "reconciler/plan/plan.hpp"
#include "reconciler/report/wording.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace authzd::console {

inline constexpr std::size_t kMostListed = 100;  // actions or notes in one list

/// For whom a plan is worded.
struct PlanWords {
  const AccountId& account;
  const RoleNames& names;
  std::string_view account_name;  // policies lead to their pages
};

/// What one action changes, and why; `more` is added at its end.
Markup action_item(const Action& action, const PlanWords& words, const Markup& more = {});

/// A list of them. Look-alikes (more than three with the same verb and reason, whose grants differ
/// in ids alone) become one entry that opens and has each of them. `id`: unique in the page.
Markup action_list(std::string_view id,
                   std::span<const Action* const> actions,
                   const PlanWords& words);

/// A list of notes. Empty without any.
Markup note_list(std::span<const Note* const> notes, const PlanWords& words);

}  // namespace authzd::console
