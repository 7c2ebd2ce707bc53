// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What several runs write down in the same way.
#pragma once

#include "daemon/cycle/planning.hpp"
#include "daemon/state/account_state.hpp"
#include "reconciler/plan/plan.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace authzd {

// A revision is given as it was loaded. Where it calls instances by name, what counts is what
// planning made of it (Planned::named), or what the state knows of the names.

/// What the names of instances stand for, where that is news.
Result<void> keep_instances(AccountState& state, const Findings& findings);

/// What the newest good revision takes back of what the rails know, whether or not it is ever
/// applied: the account may be suspended or observed, and IAM may not answer.
Result<void> keep_seen(AccountState& state, const SharedRevision& good);

/// What a plan of it found out, whatever keeps the plan from being performed: what is ours and what
/// is gone, its use, the time. What the plan does not want away has not been wanted away without a
/// break, and what it has, if it is the applied one, a revision granted, whoever wrote it.
Result<void> learn(AccountState& state, const Planned& planned);

/// There is no plan of it: what a revision that was not applied yet wants away, nobody knows.
Result<void> keep_unplanned(AccountState& state, const SharedRevision& good);

/// What the rails of later plans must know of one that is about to be performed: which removals are
/// wanted, held ones too, what was used when, and what `good` protects. Before its first write, as
/// a delete makes IAM forget the use, and as the process may end right after what protects is
/// written.
Result<void> keep_for_rails(AccountState& state,
                            const Planned& planned,
                            const GoodRevision& good,
                            const TrustedTime& time);

/// What protection and the rails must know of a revision once its plan has been performed, and
/// which keys it gave to which document.
Result<void> keep_applied(AccountState& state,
                          const GoodRevision& good,
                          const Planned& planned,
                          const TrustedTime& time);

/// The same of the authorizations of these names, which alone have been applied.
Result<void> keep_named_applied(AccountState& state,
                                const GoodRevision& good,
                                const Planned& planned,
                                const AuthorizationNames& names,
                                const TrustedTime& time);

/// Lets through what `hash` names in this plan, which has its holds: one of them, or all where it
/// is the plan's own. Letting through an account's first deletes lets them through for good, once
/// one is done; until then who has said so is judged each time.
/// Returns what it let through. Errors: not_found, those of the state.
Result<std::vector<Hold>> approve(AccountState& state,
                                  const Plan& plan,
                                  std::string_view hash,
                                  const Grantor& by);

/// Lets in the revision that was refused because it does not descend from the one applied last.
/// Errors: not_found where it is not the newest that was tried; those of the state.
Result<void> approve_revision(AccountState& state, std::string_view revision, const Grantor& by);

}  // namespace authzd
