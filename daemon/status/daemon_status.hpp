// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The status of a daemon: its accounts, and whether it runs the current configuration.
#pragma once

#include "daemon/status/account_status.hpp"
#include "reconciler/rollout/rollout_view.hpp"

#include <optional>
#include <string>
#include <vector>

namespace authzd {

/// A configuration that a reload refused: the previous one stays in force.
struct RefusedReload {
  Timestamp at = {};
  std::string why;  // one line, with the position if known

  bool operator==(const RefusedReload&) const = default;
};

struct DaemonStatus {
  std::vector<AccountStatus> accounts;               // in the order of the configuration
  std::optional<RefusedReload> refused_reload = {};  // the last reload, if it was refused
  std::optional<RolloutView> rollout = {};           // none: there are no waves
};

}  // namespace authzd
