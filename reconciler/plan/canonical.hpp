// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Canonical text of a plan's parts: what hashes are made of. Every part is length-prefixed, so that
// two different plans never share a text; order, time and source positions are left out.
#pragma once

#include "reconciler/plan/plan.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace authzd {

/// 64 hex digits over the account, the actions with the rails that hold each, the notes and the
/// ends to come. Drift, positions and the wording of messages are not part of it: they do not
/// change what would be done. What was used within the hour is "in use", and how lately is no part
/// of it: by the rails' word, or as of `made`, so that it is the same whenever it is taken again.
std::string hash_plan(const Plan& plan, std::optional<Timestamp> made = std::nullopt);

/// 64 hex digits over the account, the rail and, for each action in any order: verb, policy id,
/// key, before and after; under holdUsedWithin also the last use, of which "in use" is one. What
/// `authzd approve` names.
std::string hash_hold(const AccountId& account,
                      std::string_view rail,
                      std::span<const Action* const> actions);

/// 64 hex digits over one action: verb, policy id, key, before and after.
std::string hash_action(const Action& action);

/// Names what an action takes away: the policy, and what it leaves of its access. Neither texts nor
/// what somebody else adds meanwhile make another removal of it. 64 hex digits.
std::string hash_removal(const Action& action);

/// 64 hex digits over a note with its words.
std::string hash_note(const Note& note);

/// Puts the notes into the order that a plan has them in.
void sort_notes(Plan& plan);

}  // namespace authzd
