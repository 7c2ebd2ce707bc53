// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A plan for a terminal or a pipe: who may do what in words, what changes and why, what
// is held and how to release it, and what was left alone.
#pragma once

#include "reconciler/plan/plan.hpp"
#include "reconciler/report/text_style.hpp"
#include "reconciler/report/wording.hpp"

#include <span>
#include <string>
#include <string_view>

namespace authzd {

/// How held actions can be released.
enum class WayThrough {
  either,     // `authzd approve`, or the plan's hash
  approval,   // rails.approvers decides who approves: a hash alone releases nothing
  plan_hash,  // the plan belongs to no revision, or there is no state for an approval
  none,       // of a revision that is not in force: nothing that it shows can be released yet
};

inline bool shows_approvals(WayThrough way) {
  return way == WayThrough::either || way == WayThrough::approval;
}

/// What a long plan shows one by one instead of as a number.
struct PlanDetail {
  bool unmanaged = false;  // policies of others, and the grants that they provide
  bool alike = false;      // changes that look alike
};

struct TextOptions {
  TextStyle style = {};
  PlanDetail detail = {};
  WayThrough way = WayThrough::either;
  std::string by_hash = "authzd apply";  // the command that takes the plan's hash
  std::string by_hash_options = {};      // after the hash, with a leading blank; may be empty
  std::string approve_options = {};      // the same for `authzd approve`
  std::string approved_with = {};        // further arguments of `authzd approve HASH`; may be empty
  std::string account_name = {};         // from the configuration; may be empty
  std::string revision = {};             // of the manifests; may be empty
  std::string commit = {};               // commit_text() of it; may be empty
  RoleNames role_names = {};
  bool lacks_state = false;  // of the daemon: what is pinned or approved there is not known
  /// Actions of the plan, sorted by address, that a text above this one shows.
  std::span<const Action* const> shown_above = {};
};

/// One block. The last line is exactly "Plan: A to create, B to update, C to delete; D held, E
/// conflicts, F unmanaged." and a newline. For several accounts: their blocks, separated by a blank
/// line.
std::string plan_text(const Plan& plan, const TextOptions& options);

/// The command that approves what `hash` names: a hold, or all of them.
std::string approve_command(std::string_view hash, const TextOptions& options);

/// What approving `hash` releases in the plan that has it: the hash of one hold, of all, or the
/// plan's own.
/// Other holds of an action are listed beside it, and the actions that stay held are counted. No
/// hash of a larger set is shown.
std::string approval_text(const Plan& plan, std::string_view hash, const TextOptions& options);

}  // namespace authzd
