// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What several kinds of runs record in the same way, and the writes that fail, from one cycle to
// the next: kept in the state, shown in the status.
#pragma once

#include "daemon/cycle/planning.hpp"
#include "daemon/state/account_state.hpp"
#include "daemon/status/account_status.hpp"
#include "reconciler/converge/fold_cycle.hpp"
#include "reconciler/plan/plan.hpp"
#include "reconciler/plan/stall.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace authzd {

struct Performed;

// A revision is passed as it was loaded. If it names instances, what counts is the result of
// planning (Planned::named), or what the state knows about the names.

/// The ids of instance names, if they are new.
Result<void> keep_instances(AccountState& state, const Findings& findings);

/// What the newest good revision removes from the knowledge of the rails, even if it is never
/// applied: the account may be suspended or observed, and IAM may not answer.
Result<void> keep_seen(AccountState& state, const SharedRevision& good);

/// What a plan of the revision found out, even if it is not performed: what is ours, what is gone,
/// its use, the time. A removal that the plan does not want is forgotten. If the revision is the
/// applied one, a revision granted what its policies have, even if others wrote it.
Result<void> learn(AccountState& state, const AccountSpec& spec, const Planned& planned);

/// Without a plan, the removals that a revision not yet applied wants are unknown.
Result<void> keep_unplanned(AccountState& state,
                            const AccountSpec& spec,
                            const SharedRevision& good,
                            const TrustedTime& time);

/// What the rails of later plans must know about one that is about to be performed: which removals
/// are wanted, held ones too, what was used when, and what `good` protects. Called before its first
/// write, as a delete makes IAM forget the use, and as the process may end right after protection
/// is written.
Result<void> keep_for_rails(AccountState& state,
                            const Planned& planned,
                            const GoodRevision& good,
                            const TrustedTime& time);

/// What protection and the rails must know about a revision once its plan has been performed, and
/// which keys each of its documents has.
Result<void> keep_applied(AccountState& state,
                          const GoodRevision& good,
                          const Planned& planned,
                          const TrustedTime& time);

/// The same for the authorizations with these names; only they have been applied.
Result<void> keep_named_applied(AccountState& state,
                                const GoodRevision& good,
                                const Planned& planned,
                                const AuthorizationNames& names,
                                const TrustedTime& time);

/// Approves what `hash` names in this plan, whose holds are set: one of them, or all if it is
/// hash_all_holds() or the plan's own. Approved first deletes stay approved permanently once one is
/// done; until then the approvers are checked each time. Returns what it approved. Errors:
/// not_found, those of the state.
Result<std::vector<Hold>> approve(AccountState& state,
                                  const Plan& plan,
                                  std::string_view hash,
                                  const Grantor& by);

/// Approves the revision that was refused because it does not descend from the last applied one.
/// Errors: not_found if it is not the newest that was tried; those of the state.
Result<void> approve_revision(AccountState& state, std::string_view revision, const Grantor& by);

/// True if a write of this run has taken access away.
bool took_access_away(const Performed& performed);

/// Adds a cycle to the object histories, and returns what is new.
Result<CycleNews> remember_objects(AccountState& state,
                                   const ObjectHistories& before,
                                   const Performed& performed,
                                   Timestamp now);

/// What failed in this cycle, backs off, or is Stalled.
std::vector<FailingObject> failing_objects(const Performed& performed);

}  // namespace authzd
