// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Runs as the state keeps them, for a person and for programs.
#pragma once

#include "daemon/state/run_record.hpp"
#include "reconciler/base/commit.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/report/plan_text.hpp"
#include "reconciler/report/text_style.hpp"
#include "reconciler/report/wording.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace authzd {

/// Raised when a member changes its meaning or goes away, not when one is added.
inline constexpr int kRunsFormatVersion = 1;

struct AccountRuns {
  std::string name;
  AccountId id;
  std::vector<RunSummary> runs;  // the newest first
};

/// Until when an undo of the run brings the policies that it deleted back with the ids that they
/// had: IAM keeps them for so long. None: it deleted nothing.
std::optional<Timestamp> ids_kept_until(const RunSummary& run);

/// The runs of all accounts, with their account.
std::vector<std::pair<const AccountRuns*, const RunSummary*>> newest_first(
    std::span<const AccountRuns> accounts);

/// For all accounts together, the newest run first.
std::string runs_text(std::span<const AccountRuns> accounts, Timestamp now, std::size_t width = 0);
std::string runs_json(std::span<const AccountRuns> accounts);

struct AccountRun {
  std::string name;
  AccountId id;
  RunDetail detail;
  Commit commit = {};         // of the run's revision, as far as known
  RoleNames role_names = {};  // as far as known without asking IAM; else a CRN is shown
  /// Who let each of its actions through, in their order; empty: nobody had to. May be shorter.
  std::vector<std::vector<std::string>> approved_by = {};
};

/// One run, each action with before → after and its outcome; of many, look-alikes as a number.
std::string run_text(const AccountRun& run, Timestamp now, TextStyle style, PlanDetail detail = {});
std::string run_json(const AccountRun& run);

/// The outcome of an action: "done", "failed", "sent; its result is not known yet", …
std::string recorded_outcome_text(const RecordedAction& recorded);

/// "ok", "not ended", or a list: "error: …", "1 with an unknown outcome", "2 failed", "3 held", …
std::string end_text(const RunSummary& run);

}  // namespace authzd
