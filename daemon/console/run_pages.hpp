// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What was done: the runs of all accounts or of one, and one run with each action. The state
// records the runs that wrote, or tried to.
#pragma once

#include "daemon/console/frame.hpp"
#include "daemon/status/run_view.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace authzd::console {

inline constexpr std::size_t kRunsAPage = 50;
inline constexpr std::size_t kMostActions = 200;  // of one run, on its page

struct RunsView {
  std::string account;        // by name; empty: all
  std::vector<RunView> runs;  // in any order
  std::size_t page = 1;
};

/// The newest first.
std::string runs_page(const Frame& frame, RunsView view);

struct RunPageView {
  const RunDetailView& detail;
  std::string options;  // behind a command that is shown: " --config FILE"; may be empty
};

std::string run_page(const Frame& frame, const RunPageView& view);

enum class RunColumns { all, without_account };

/// A table of the runs, in their order; a sentence where there are none.
Markup runs_table(std::span<const RunView> runs, Timestamp now, RunColumns columns);

}  // namespace authzd::console
