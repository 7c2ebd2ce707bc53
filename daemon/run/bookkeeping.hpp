// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What several runs write down in the same way.
#pragma once

#include "daemon/run/planning.hpp"
#include "daemon/state/account_state.hpp"
#include "reconciler/plan/plan.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// What the newest good revision takes back of what the rails know, whether or not it is ever
/// applied: the account may be suspended or observed, and IAM may not answer.
Result<void> keep_seen(AccountState& state, const GoodRevision& good);

/// The same of its plan, once there is one: what it does not want away has not been wanted away
/// without a break, and what it has, if it is the applied one, a revision granted, whoever wrote
/// it.
Result<void> keep_planned(AccountState& state, const GoodRevision& good, const Planned& planned);

/// There is no plan of it: what a revision that was not applied yet wants away, nobody knows.
Result<void> keep_unplanned(AccountState& state, const GoodRevision& good);

/// What the rails of later plans must know of one that is about to be performed: which removals are
/// wanted, held ones too, what was used when, and what `good` protects. Before its first write, as
/// a delete makes IAM forget the use, and as the process may end right after what protects is
/// written.
Result<void> keep_for_rails(AccountState& state,
                            const Planned& planned,
                            const GoodRevision& good,
                            const TrustedTime& time);

/// The same of a plan of some authorizations: what is known of the removals of others stays.
Result<void> keep_for_named(AccountState& state,
                            const Planned& planned,
                            const GoodRevision& good,
                            const TrustedTime& time);

/// What protection and the rails must know of a revision once its plan has been performed, and
/// which keys it gave to which document.
Result<void> keep_applied(AccountState& state,
                          const GoodRevision& good,
                          const Planned& planned,
                          const TrustedTime& time);

/// Lets through what `hash` names in this plan, which has its holds: one of them, or all where it
/// is the plan's own. Letting through an account's first deletes lets them through for good.
/// Returns what it let through. Errors: not_found, those of the state.
Result<std::vector<Hold>> approve(AccountState& state,
                                  const Plan& plan,
                                  std::string_view hash,
                                  const Grantor& by);

/// Lets in the revision that was refused because it does not descend from the one applied last.
/// Errors: not_found where it is not the newest that was tried; those of the state.
Result<void> approve_revision(AccountState& state, std::string_view revision, const Grantor& by);

}  // namespace authzd
