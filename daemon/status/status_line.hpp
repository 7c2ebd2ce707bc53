// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// All accounts in one line, for `systemctl status`: "3 accounts: 1 ready, 1 held (production),
// 1 stalled (staging)".
#pragma once

#include "daemon/status/daemon_status.hpp"

#include <string>

namespace authzd {

/// Each account counts once, as the first that applies of: suspended, starting (before its first
/// cycle has ended), stalled, held, ready, failing. Names those that need attention. A refused
/// reload comes first.
std::string status_line(const DaemonStatus& daemon);

}  // namespace authzd
