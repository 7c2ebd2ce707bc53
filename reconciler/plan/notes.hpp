// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The notes of a plan: one sentence each on what is deliberately not done, and what to do about it.
#pragma once

#include "reconciler/plan/plan.hpp"
#include "reconciler/plan/survey.hpp"

#include <string>

namespace authzd {

/// A note on a policy; `grant` is the grant that it concerns, if any.
Note note_on(NoteKind kind,
             std::string reason,
             std::string message,
             const Sighting& sighting,
             const Grant* grant);

/// A note on a grant that no policy stands for.
Note note_on(NoteKind kind, std::string reason, std::string message, const Grant& grant);

/// A foreign, theirs, disputed, unmarked or unmanaged policy that is left alone. A conflict where
/// `grant` wants its key.
Note left_alone(const Sighting& sighting, const Grant* grant, const Ownership& ownership);

/// An unmanaged policy at the key that `grant` wants, which `adopt` does not let us take over.
Note not_adopted(const Sighting& sighting, const Grant& grant, bool is_identical);

/// A policy that is left alone because of an authorization that asks for it, or that cannot be
/// judged: `wish` is that authorization's.
Note frozen(const Sighting& sighting, Wish wish, NoteKind kind, const Grant* grant);

/// An undo was here; `holder` has the key, if any policy has.
Note pinned(const Grant& grant, const Sighting* holder);

/// Expired by this host's clock, which is in doubt.
Note doubtful(const Grant& grant, const Sighting* holder);

/// Nothing is left to release. `unmarked`: a policy at the key that the state still knows as ours;
/// the note has its id, and the state may forget it.
Note released(const Grant& grant, bool has_holder, const Sighting* unmarked);

/// A release is one PUT, which would take off what no PUT of ours can carry (a rule, a pattern, …)
/// and so permit more.
Note not_releasable(const Sighting& sighting, const Grant* grant);

/// What the action would have been, and the pattern of rails.never that forbids it.
Note never_touched(const Action& action,
                   const PolicyPattern& pattern,
                   const Sighting* sighting,
                   const Grant* grant);

Note protected_from(const Sighting& sighting, const Grant* grant, Verb verb);

/// An unmanaged policy that `grant` would take over, narrow, and protect from being narrowed.
Note not_narrowed_by_adoption(const Sighting& sighting, const Grant& grant);
Note unresolved(const Want& want, const Sighting* holder);

}  // namespace authzd
