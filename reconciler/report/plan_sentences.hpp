// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Sentences of a plan: about many notes at once, about notes without a grant, and about a plan that
// changes nothing.
#pragma once

#include "reconciler/plan/plan.hpp"
#include "reconciler/report/plan_text.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

namespace authzd {

/// "prod (a1b2…)", or the id alone where the name says no more.
std::string account_text(const Plan& plan, const std::string& name);

/// "block-storage-encryption · widening · storage/block.yaml:12:7", as far as known.
std::string facts(std::string_view name, std::string_view what, const SourcePos& position);

/// The sentence before the command that lets a plan through by its hash.
std::string_view before_plan_hash(WayThrough way);

/// The name of the authorization, or else what the note is about.
std::string name_of(const Note& note);

/// The message of one of several notes that are alike, without the policy's id.
std::string message_for_all(const Note& note);

/// Reasons of which the plan has more notes than `most`, and that are shown as a number: an undo
/// pins all that it touches, and a second one finds all of it undone.
std::set<NoteReason> counted_reasons(const Plan& plan, std::size_t most);

/// All notes with one of these reasons.
struct CountedNotes {
  std::string names;    // "backup, disks, mail and 38 more"
  std::string number;   // "41 alike · Pinned; --full shows each"
  std::string because;  // they are left alone
};
CountedNotes counted_notes(const Plan& plan, NoteReason reason);

/// "Left alone: 3 policies not managed here (2 Unmanaged, 1 ServiceMade)."; empty: there is none.
std::string left_alone_text(const Plan& plan);

/// What a plan that changes or deletes something of ours may get wrong, as it was made without the
/// state of the daemon; empty: nothing.
std::string without_state_text(const Plan& plan);

/// "Nothing to do: …", for a plan without an action, a conflict or an end.
std::string nothing_to_do(const Plan& plan, const PlanCounts& counts);

}  // namespace authzd
