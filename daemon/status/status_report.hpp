// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The status of accounts, for people and for programs: for `authzd status`, the HTTP listener and
// `systemctl status`. status_json.cpp has the JSON.
#pragma once

#include "daemon/status/daemon_status.hpp"

#include <string>
#include <string_view>

namespace authzd {

/// Raised when a member changes its meaning or is removed, not when one is added.
inline constexpr int kStatusFormatVersion = 1;

/// A table with a line per account, followed by what a person should know or do. The accounts keep
/// their order. Times are relative to `now`. `options` follow a command that is shown for copying:
/// " --config authzd.yaml".
std::string status_text(const DaemonStatus& daemon,
                        Timestamp now,
                        bool colour,
                        std::string_view options = {});

/// {"formatVersion": 1, "refusedReload": …, "accounts": […]}, indented, with a final newline.
std::string status_json(const DaemonStatus& daemon);

/// The word for an account: Suspended, Stalled, Held, Ready, NotReady, or Starting before its first
/// cycle has ended; the first that applies.
std::string status_word(const AccountStatus& account);

/// All accounts in one line, for `systemctl status`: "3 accounts: 1 ready, 1 held (production),
/// 1 stalled (staging)". Each account counts once, as the first that applies of: suspended,
/// starting (before its first cycle has ended), stalled, held, ready, failing. Names those that
/// need attention. A refused reload comes first.
std::string status_line(const DaemonStatus& daemon);

}  // namespace authzd
