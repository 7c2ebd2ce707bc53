// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A plan for a person at a terminal of 80 to 100 columns: who may do what in words, what changes,
// why, what is held and how to let it through, and what was left alone.
#pragma once

#include "reconciler/plan/plan.hpp"
#include "reconciler/report/wording.hpp"

#include <string>
#include <string_view>

namespace authzd {

/// How what is held can be let through.
enum class WayThrough {
  either,     // `authzd approve`, or the plan's hash
  approval,   // rails.approvers says who approves: a hash alone lets nothing through
  plan_hash,  // the plan is of no revision, or there is no state to keep an approval in
};

struct TextOptions {
  bool colour = false;          // by symbol
  bool show_unmanaged = false;  // each on lines of its own instead of one line for all
  WayThrough way = WayThrough::either;
  std::string by_hash = "authzd apply";  // the command that takes the plan's hash
  std::string by_hash_options = {};      // behind the hash, with a blank before it; may be empty
  std::string approve_options = {};      // the same for `authzd approve`
  std::string approved_with = {};        // what `authzd approve HASH` needs besides; may be empty
  std::string account_name = {};         // from the configuration; may be empty
  std::string revision = {};             // of the manifests; may be empty
  RoleNames role_names = {};
};

/// One block. The last line is exactly "Plan: A to create, B to update, C to delete; D held,
/// E conflicts, F unmanaged.", and a newline ends it. Several accounts: their blocks, one after the
/// other with a blank line between.
std::string plan_text(const Plan& plan, const TextOptions& options);

/// The command that approves the hold.
std::string approve_command(const Hold& hold, const TextOptions& options);

/// What approving `hash` lets through, of the plan that has it: that of one hold, or the plan's
/// own. What else holds an action stands beside it, and what stays held is counted: no hash of more
/// than this is shown.
std::string approval_text(const Plan& plan, std::string_view hash, const TextOptions& options);

/// The closing line, without a newline.
std::string summary_line(const PlanCounts& counts);

}  // namespace authzd
