// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Rails: checks on a whole plan, before its first write. One that trips holds ALL the actions that
// it covers, not the surplus; what it does not cover goes on (design §6).
//
//   rail              | covers                                  | trips
//   ------------------+-----------------------------------------+----------------------------------
//   maxDelete         | deletes and narrowing updates, but for  | more, with the window's, than so
//   maxDeletePercent  | expiries that were announced            | many, or that share of ours
//   maxUpdate         | widening updates; adopting and          | more, with the window's
//                     | releasing are updates, too              |
//   maxCreate         | creates                                 | more, with the window's
//   maxRestore        | what gives back what others took        | more, with the window's, if set
//   allow             | what widens beyond rails.allow          | always
//   broad             | what widens and names no service        | always
//   holdUsedWithin    | deletes and narrowings of what was used | always
//                     | recently, or of which IAM does not tell |
//                     | it though it did; not what is covered   |
//   holdUnknown       | the same where the last use is unknown  | where the rules say holdUnknown
//   firstDeletes      | deletes and narrowing updates           | until one was approved, where the
//                     |                                         | state is new, lost or restored
//   adopted           | deletes and narrowings of what someone  | always
//                     | else made; not what taking over sets    |
//   unmarked          | deletes of ours that lost their marker  | always
//   removalGrace      | deletes and narrowings of grants to its | until they have been wanted for
//                     | targets                                 | so long
//   holdDelegators    | deletes, and what takes the right to    | where the rules say so
//                     | delegate away; no other narrowing       |
//
// An approval under holdUsedWithin is of the last use that was shown: a later one makes another
// hold, unless the policy was in use then, within the hour. An expiry that was announced is let
// through by the counts, holdUsedWithin, holdUnknown, removalGrace and holdDelegators. What only
// takes away what others added by hand waits for none of holdUsedWithin, holdUnknown, adopted,
// removalGrace and holdDelegators: no revision granted it, and open access is not a thing to be
// kept for an hour. NoteReason::covered: another policy, which stays and has been what it is for as
// long as holdUsedWithin says, permits all that this one does. An update of text or marker alone
// counts for nothing. `protect` and `never` are no rails: nobody can approve them away, so they are
// in the planner.
#pragma once

#include "reconciler/plan/plan.hpp"
#include "reconciler/plan/rail_rules.hpp"

#include <array>
#include <chrono>
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
inline constexpr std::string_view kMaxRestore = "maxRestore";
inline constexpr std::string_view kAllow = "allow";
inline constexpr std::string_view kBroad = "broad";
inline constexpr std::string_view kHoldUsedWithin = "holdUsedWithin";
inline constexpr std::string_view kHoldUnknown = "holdUnknown";
inline constexpr std::string_view kFirstDeletes = "firstDeletes";
inline constexpr std::string_view kAdopted = "adopted";
inline constexpr std::string_view kUnmarked = "unmarked";
inline constexpr std::string_view kRemovalGrace = "removalGrace";
inline constexpr std::string_view kHoldDelegators = "holdDelegators";
inline constexpr std::array kAll = {kMaxDelete,
                                    kMaxDeletePercent,
                                    kMaxUpdate,
                                    kMaxCreate,
                                    kMaxRestore,
                                    kAllow,
                                    kBroad,
                                    kHoldUsedWithin,
                                    kHoldUnknown,
                                    kFirstDeletes,
                                    kAdopted,
                                    kUnmarked,
                                    kRemovalGrace,
                                    kHoldDelegators};
}  // namespace rail

/// For so long is what was used in use: there is always one use more, and an approval that each of
/// them voids could end nothing that somebody goes on using.
inline constexpr std::chrono::hours kInUse{1};

/// The plan with a hold on every action for each rail that covers it and that `approved` does not
/// let through. `approved` has hashes of holds, and what approvals_of() returned;
/// one rail's approval never passes another rail. Limits on the same number (maxDelete and
/// maxDeletePercent) make one hold that names them all. Holds that the plan came with are judged
/// again, so that it is idempotent; actions, their order and the plan's hash stay the same. A
/// delete of an unmarked policy that is let through takes the conflict note about that policy away.
Plan apply_rails(Plan plan,
                 const RailRules& rules,
                 const RailHistory& history,
                 const std::set<std::string>& approved);

/// The plan with all that is held in it let through: for one that was approved as a whole.
Plan without_holds(Plan plan);

/// What approving `hash` lets through in this plan, which has its holds: one hash for each single
/// rail and action, so that the rest stays approved when some are done and when others join them.
/// `hash` is that of a hold, or the plan's own for all of its holds. Empty: it is neither.
std::set<std::string> approvals_of(const Plan& plan, std::string_view hash);

/// Every approval that can speak of this action: an approval ends once its action is done.
std::set<std::string> approvals_on(const AccountId& account, const Action& action);

/// True where the hold is (also) by that one rail.
bool names_rail(const Hold& hold, std::string_view rail);

enum class CountKind { deletes, updates, creates, restores };

/// What a write counts as in the window; nothing for an expiry that was announced, and for an
/// update of text or marker alone.
std::optional<CountKind> count_kind(const Action& action);

}  // namespace authzd
