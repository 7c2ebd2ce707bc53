// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Rails: checks on a whole plan before its first write. A rail that trips holds ALL the actions
// that it covers, not only the surplus; other actions proceed (design §6).
//
//   rail              | covers                                  | trips
//   ------------------+-----------------------------------------+----------------------------------
//   maxDelete         | deletes and narrowing updates, except   | if the window has more than so
//   maxDeletePercent  | expiries that were announced            | many, or that share of ours
//   maxUpdate         | widening updates; adopting and          | if the window has more
//                     | releasing are updates, too              |
//   maxCreate         | creates                                 | if the window has more
//   maxRestore        | restores of what others removed         | if the window has more, if set
//   allow             | widening beyond rails.allow             | always
//   broad             | widening without a service name         | always
//   holdUsedWithin    | deletes and narrowings of policies used | always
//                     | recently, or whose use IAM reported     |
//                     | before and does not now; not if covered |
//   holdUnknown       | the same if the last use is unknown     | if the rules say holdUnknown
//   firstDeletes      | deletes and narrowing updates           | until one was approved, if the
//                     |                                         | state is new, lost or restored
//   adopted           | deletes and narrowings of what someone  | always
//                     | else made; not those by adopting        |
//   unmarked          | deletes of ours that lost their marker  | always
//   removalGrace      | deletes and narrowings of grants to its | until they have been wanted for
//                     | targets                                 | so long; always, while the
//                     |                                         | newest revision is refused
//   holdDelegators    | deletes, and removals of the right to   | if the rules say so
//                     | delegate; no other narrowing            |
//
// An approval for holdUsedWithin covers the last use that was shown. A later use makes another
// hold, unless the policy was in use (within the hour) at that time. An announced expiry passes the
// counts, holdUsedWithin, holdUnknown, removalGrace and holdDelegators. An action that only removes
// what others added manually passes holdUsedWithin, holdUnknown, adopted, removalGrace and
// holdDelegators: no revision granted it, and unwanted access should not stay open for an hour.
// "Covered": another policy, which stays and has been unchanged for as long as holdUsedWithin says,
// permits everything that this one does. An update of text or marker alone does not count.
// `protect` and `never` are not rails: no approval overrides them, so they are in the planner.
#pragma once

#include "reconciler/plan/plan.hpp"
#include "reconciler/rails/rail_rules.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace authzd {

/// The plan with a hold on every action for each rail that covers it and that `approved` does not
/// release. `approved` contains hashes of holds, and results of approvals_of(); one rail's approval
/// never passes another rail. Limits on the same number (maxDelete and maxDeletePercent) make one
/// hold that names them all. Existing holds are judged again, so the function is idempotent;
/// actions, their order and the plan's hash do not change. If the delete of an unmarked policy is
/// released, the conflict note about that policy is removed.
Plan apply_rails(Plan plan,
                 const RailRules& rules,
                 const RailHistory& history,
                 const std::set<std::string>& approved);

/// The plan with all of its holds removed: for a plan that was approved as a whole.
Plan without_holds(Plan plan);

/// What approving `hash` releases in this plan, which has its holds: one hash for each rail and
/// action, so that the rest stays approved when some are done or others join. `hash` is the hash of
/// a hold, or hash_all_holds() or the plan's own for all of its holds. Empty: it names none.
std::set<std::string> approvals_of(const Plan& plan, std::string_view hash);

/// Every approval that can refer to this action: an approval ends once its action is done.
std::set<std::string> approvals_on(const AccountId& account, const Action& action);

/// True if that rail, alone or with others, makes the hold.
bool names_rail(const Hold& hold, std::string_view rail);

enum class CountKind { deletes, updates, creates, restores };

/// How a write counts in the window; none for an announced expiry, and for an update of text or
/// marker alone.
std::optional<CountKind> count_kind(const Action& action);

}  // namespace authzd
