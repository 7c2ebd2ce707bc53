// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The first page: all accounts in a sentence, and a table of those that were asked for, the most
// urgent first. A page has so many rows that it stays under 100 KB.
#pragma once

#include "daemon/console/frame.hpp"
#include "daemon/status/daemon_status.hpp"
#include "daemon/status/run_view.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace authzd::console {

inline constexpr std::size_t kRowsAPage = 50;
inline constexpr std::size_t kSparkRuns = 24;  // of an account

/// What the page is asked for, by the parameters of its address. Anything unknown is the default.
struct OverviewQuery {
  std::string q;         // part of a name, an id or a message; case is ignored
  std::string state;     // the word of an AccountState; empty: all
  std::string sort;      // "name", "sync" or "run"; else by urgency
  std::size_t page = 1;  // from 1
};

struct OverviewView {
  const DaemonStatus& daemon;
  OverviewQuery query;
  /// The recorded runs of an account, the newest first; asked only for the rows that are shown.
  std::function<std::vector<RunView>(const AccountId&)> runs;
};

std::string overview_page(const Frame& frame, const OverviewView& view);

/// Changes of the runs, the newest right: a bar each. Empty without runs.
Markup sparkline(std::span<const RunView> newest_first);

}  // namespace authzd::console
