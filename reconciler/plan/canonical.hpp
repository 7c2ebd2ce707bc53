// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Canonical text of a plan's parts, the input of all hashes. Every part is length-prefixed, so two
// different plans never have the same text. Order, time and source positions are left out.
#pragma once

#include "reconciler/plan/plan.hpp"

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace authzd {

/// 64 hex digits over the account, the actions with the rails that hold each, the notes and the
/// future ends. Drift, positions and the wording of messages are left out: they do not change what
/// would be done. A policy that was used within the hour counts as "in use", without the exact
/// time. "In use" is taken from the rails, or computed as of `made`, so that the hash is
/// reproducible.
std::string hash_plan(const Plan& plan, std::optional<Timestamp> made = std::nullopt);

/// 64 hex digits over the account, the rail and, for each action in any order: verb, policy id,
/// key, before and after; for holdUsedWithin also the last use, or "in use". `authzd approve` takes
/// this hash.
std::string hash_hold(const AccountId& account,
                      std::string_view rail,
                      std::span<const Action* const> actions);

/// What `authzd approve` takes for all holds of an account at once: the hash of the only one, or 64
/// hex digits over the account and the hashes of all. Empty if there is none.
std::string hash_all_holds(const AccountId& account, const std::set<std::string>& holds);
std::string hash_all_holds(const Plan& plan);

/// The hashes of the holds that `hash` names in this plan: of one hold, or of all if it is the
/// plan's own hash or hash_all_holds(). Empty: it names none.
std::set<std::string> holds_named(const Plan& plan, std::string_view hash);

/// 64 hex digits over one action: verb, policy id, key, before and after.
std::string hash_action(const Action& action);

/// Identifies what an action removes: the policy, and the access that is left. Texts, and access
/// that somebody else adds meanwhile, do not change it. 64 hex digits.
std::string hash_removal(const Action& action);

/// 64 hex digits over a note with its text.
std::string hash_note(const Note& note);

/// Sorts the notes as a plan requires.
void sort_notes(Plan& plan);

/// The note of an action that the plan no longer has.
Note note_of_dropped(Action action, NoteKind kind, NoteReason reason, std::string message);

}  // namespace authzd
