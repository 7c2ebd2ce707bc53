// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a daemon says of itself: its accounts, and whether it runs what the configuration says.
#pragma once

#include "daemon/status/account_status.hpp"

#include <optional>
#include <string>
#include <vector>

namespace authzd {

/// A configuration that a reload could not take over: the one before it goes on.
struct RefusedReload {
  Timestamp at = {};
  std::string why;  // one line, with the position where there is one

  bool operator==(const RefusedReload&) const = default;
};

struct DaemonStatus {
  std::vector<AccountStatus> accounts;               // in the order of the configuration
  std::optional<RefusedReload> refused_reload = {};  // the last reload, where it was refused
};

}  // namespace authzd
