// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The notes of a plan: one sentence each on what is deliberately not done, and what to do about it.
#pragma once

#include "reconciler/plan/plan.hpp"
#include "reconciler/plan/survey.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace authzd {

/// A note on a policy; `grant` is the grant that it concerns, if any.
Note note_on(NoteKind kind,
             NoteReason reason,
             std::string message,
             const Sighting& sighting,
             const Grant* grant);

/// A note on a grant that no policy stands for.
Note note_on(NoteKind kind, NoteReason reason, std::string message, const Grant& grant);

/// A foreign, theirs, disputed, unmarked or unmanaged policy that is left alone. A conflict where
/// `grant` wants its key, unless it is foreign and `is_satisfied`: it has the roles that are
/// wanted.
Note left_alone(const Sighting& sighting,
                const Grant* grant,
                bool is_satisfied,
                const Ownership& ownership);

/// A policy that is left alone because of an authorization that asks for it, or that cannot be
/// judged: `wish` is that authorization's.
Note frozen(const Sighting& sighting, Wish wish, NoteKind kind, const Grant* grant);

/// An undo was here; `holder` has the key, if any policy has.
Note pinned(const Grant& grant, const Sighting* holder);

/// Nobody can say whether its end has come.
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

/// What would lift the protection of a policy, and when.
struct Protection {
  bool is_wanted = false;              // its manifest says `protect`
  std::optional<Timestamp> ends = {};  // when it ends by itself, as that is known already
  std::chrono::milliseconds delay{0};  // from the revision that takes it off to its end
  std::optional<Drift> drift = {};     // someone else changed the policy last
};

/// `loss`: "deleted", "narrowed" or "released".
Note protected_from(const Sighting& sighting,
                    const Grant* grant,
                    std::string_view loss,
                    const Protection& protection);

/// Its roles, or an instance that it names, could not be looked up.
Note unresolved(const Want& want, const Sighting* holder);

/// A policy that goes because the name of its instance has come to stand for another one.
Note replaced_instance(const Sighting& sighting, const FormerInstance& former);

}  // namespace authzd
