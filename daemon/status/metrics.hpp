// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The metrics, in Prometheus' text format. They are built from values for each scrape, so that a
// removed account or rail leaves nothing behind. No label names a policy: daemon/docs/monitoring.md
// has the whole list.
#pragma once

#include "daemon/status/cycle_tally.hpp"
#include "daemon/status/process_facts.hpp"
#include "daemon/status/status_board.hpp"
#include "reconciler/rollout/rollout_view.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace authzd {

/// Requests that the listener has answered, by route ("other" if there is none) and status.
using RequestCounts = std::map<std::pair<std::string, int>, std::uint64_t>;

struct MetricsInput {
  std::string version;
  std::vector<AccountView> accounts;
  const CycleTally& cycles;
  const RequestCounts& requests;
  GitRequestCounts git_requests;
  bool is_reload_refused = false;
  ProcessFacts process;
  std::optional<RolloutView> rollout = {};
};

std::string metrics_text(const MetricsInput& input);

}  // namespace authzd
