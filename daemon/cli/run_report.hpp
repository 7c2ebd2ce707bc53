// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Runs as the state keeps them, for a person and for programs.
#pragma once

#include "daemon/state/run_record.hpp"
#include "reconciler/base/id.hpp"

#include <span>
#include <string>
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

/// One table for all accounts, the newest run of each first.
std::string runs_text(std::span<const AccountRuns> accounts);
std::string runs_json(std::span<const AccountRuns> accounts);

struct AccountRun {
  std::string name;
  AccountId id;
  RunDetail detail;
};

/// One run, each action with before → after and what came of it.
std::string run_text(const AccountRun& run, bool colour);
std::string run_json(const AccountRun& run);

/// "ok", "2 failed", "3 held", "error: …", or "not ended".
std::string end_text(const RunSummary& run);

}  // namespace authzd
