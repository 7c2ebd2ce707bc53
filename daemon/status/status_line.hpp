// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// All accounts in one line, for `systemctl status`: "3 accounts: 1 ready, 1 held (production),
// 1 stalled (staging)".
#pragma once

#include "daemon/status/account_status.hpp"

#include <span>
#include <string>

namespace authzd {

/// Each account counts once, as the first that fits of: suspended, starting (before its first
/// cycle has ended), stalled, held, ready, failing. Those that need a look are named.
std::string status_line(std::span<const AccountStatus> accounts);

}  // namespace authzd
