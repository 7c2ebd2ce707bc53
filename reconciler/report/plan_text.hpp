// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A plan for a person at a terminal of 80 to 100 columns: who may do what in words, what changes,
// why, what is held and how to let it through, and what was left alone.
#pragma once

#include "reconciler/plan/plan.hpp"
#include "reconciler/report/wording.hpp"

#include <string>

namespace authzd {

struct TextOptions {
  bool colour = false;          // by symbol
  bool show_unmanaged = false;  // each on lines of its own instead of one line for all
  bool can_be_approved =
      true;                  // false: of no revision, so that no hash of it lets anything through
  std::string account_name;  // from the configuration; may be empty
  std::string revision;      // of the manifests; may be empty
  RoleNames role_names = {};
};

/// One block. The last line is exactly "Plan: A to create, B to update, C to delete; D held,
/// E conflicts, F unmanaged.", and a newline ends it. Several accounts: their blocks, one after the
/// other with a blank line between.
std::string plan_text(const Plan& plan, const TextOptions& options);

/// The closing line, without a newline.
std::string summary_line(const PlanCounts& counts);

}  // namespace authzd
