// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Rails: checks on a whole plan, before its first write. One that trips holds ALL the actions that
// it covers, not the surplus; what it does not cover goes on (design §6).
//
//   rail              | covers                                  | trips
//   ------------------+-----------------------------------------+----------------------------------
//   maxDelete         | deletes and narrowing updates, but for  | more, with the window's, than so
//   maxDeletePercent  | expiries that were announced            | many, or that share of ours
//   maxUpdate         | all other updates; adopting is one      | more, with the window's
//   maxCreate         | creates                                 | more, with the window's
//   allow             | what widens beyond rails.allow          | always
//   holdUsedWithin    | deletes of what was used of late, but   | always
//                     | for expiries and what is covered        |
//   holdUnknown       | the same where the last use is unknown  | where the rules say holdUnknown
//   firstDeletes      | deletes                                 | until one was approved
//   adopted           | deletes of what someone else made       | always
//   unmarked          | deletes of ours that lost their marker  | always
//
// holdUsedWithin, holdUnknown, firstDeletes and adopted speak of deletes of a policy, as the design
// has it: a narrowing update keeps the policy, undoes what someone added to it by hand, and is
// limited by maxDelete. "Covered": another policy, which stays, permits all that this one does.
// `protect` and `never` are no rails: nobody can approve them away, so they are in the planner.
#pragma once

#include "reconciler/plan/plan.hpp"
#include "reconciler/plan/rail_rules.hpp"

#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace authzd {

namespace rail {
inline constexpr std::string_view kMaxDelete = "maxDelete";
inline constexpr std::string_view kMaxDeletePercent = "maxDeletePercent";
inline constexpr std::string_view kMaxUpdate = "maxUpdate";
inline constexpr std::string_view kMaxCreate = "maxCreate";
inline constexpr std::string_view kAllow = "allow";
inline constexpr std::string_view kHoldUsedWithin = "holdUsedWithin";
inline constexpr std::string_view kHoldUnknown = "holdUnknown";
inline constexpr std::string_view kFirstDeletes = "firstDeletes";
inline constexpr std::string_view kAdopted = "adopted";
inline constexpr std::string_view kUnmarked = "unmarked";
inline constexpr std::array kAll = {kMaxDelete,
                                    kMaxDeletePercent,
                                    kMaxUpdate,
                                    kMaxCreate,
                                    kAllow,
                                    kHoldUsedWithin,
                                    kHoldUnknown,
                                    kFirstDeletes,
                                    kAdopted,
                                    kUnmarked};
}  // namespace rail

/// The plan with a hold on every action for each rail that covers it and that `approved` does not
/// let through. `approved` has hashes of holds, of whole plans, and what approvals_of() returned;
/// one rail's approval never passes another rail. Limits on the same number (maxDelete and
/// maxDeletePercent) make one hold that names them all. Holds that the plan came with are judged
/// anew, so that it is idempotent; actions, their order and the plan's hash stay the same. A delete
/// of an unmarked policy that is let through takes the conflict note about that policy away.
Plan apply_rails(Plan plan,
                 const RailRules& rules,
                 const RailHistory& history,
                 const std::set<std::string>& approved);

/// What approving `hash` lets through in this plan, which has its holds: one hash for each single
/// rail and action, so that the rest stays approved when some are done and when others join them.
/// `hash` is that of a hold, or the plan's own for all of its holds. Empty: it is neither.
std::set<std::string> approvals_of(const Plan& plan, std::string_view hash);

/// Every approval that can speak of this action: an approval ends once its action is done.
std::set<std::string> approvals_on(const AccountId& account, const Action& action);

/// True where the hold is (also) by that one rail.
bool names_rail(const Hold& hold, std::string_view rail);

enum class CountKind { deletes, updates, creates };

/// What a write counts as in the window; nothing for an expiry that was announced.
std::optional<CountKind> count_kind(const Action& action, const RailHistory& history);

}  // namespace authzd
