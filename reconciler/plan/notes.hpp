// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The notes of a plan: one sentence each on what is deliberately not done, and how to resolve it.
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
             const SurveyedPolicy& surveyed,
             const Grant* grant);

/// A note on a grant without a policy.
Note note_on(NoteKind kind, NoteReason reason, std::string message, const Grant& grant);

/// A foreign, theirs, disputed, unmarked or unmanaged policy that is left alone. A conflict if
/// `grant` wants its key, unless it is foreign and `is_satisfied`: it has the wanted roles.
Note left_alone(const SurveyedPolicy& surveyed,
                const Grant* grant,
                bool is_satisfied,
                const Ownership& ownership);

/// A policy that is left alone because an authorization asks for it, or cannot be judged: `state`
/// is that authorization's.
Note frozen(const SurveyedPolicy& surveyed, GrantState state, NoteKind kind, const Grant* grant);

/// An undo changed the key before; `holder` is the policy at the key, if any.
Note pinned(const Grant& grant, const SurveyedPolicy* holder);

/// It is unknown whether the grant's end has come.
Note doubtful(const Grant& grant, const SurveyedPolicy* holder);

/// Nothing is left to release. `unmarked`: a policy at the key that the state still knows as ours;
/// the note has its id, and the state may forget it.
Note released(const Grant& grant, bool has_holder, const SurveyedPolicy* unmarked);

/// A release is one PUT. It would drop the parts that our PUT cannot express (a rule, a pattern,
/// …), and so permit more.
Note not_releasable(const SurveyedPolicy& surveyed, const Grant* grant);

/// The action that was dropped, and the pattern of rails.never that forbids it.
Note never_touched(const Action& action,
                   const PolicyPattern& pattern,
                   const SurveyedPolicy* surveyed,
                   const Grant* grant);

/// What would end the protection of a policy, and when.
struct Protection {
  bool is_wanted = false;              // its manifest says `protect`
  std::optional<Timestamp> ends = {};  // when it ends by itself, if known
  std::chrono::milliseconds delay{0};  // from the revision that removes it to its end
  std::optional<Drift> drift = {};     // someone else changed the policy last
};

/// `loss`: "deleted", "narrowed" or "released".
Note protected_from(const SurveyedPolicy& surveyed,
                    const Grant* grant,
                    std::string_view loss,
                    const Protection& protection);

/// Its roles, or an instance that it names, could not be looked up.
Note unresolved(const Want& want, const SurveyedPolicy* holder);

/// A policy that is removed because its instance name now refers to another instance.
Note replaced_instance(const SurveyedPolicy& surveyed, const FormerInstance& former);

}  // namespace authzd
