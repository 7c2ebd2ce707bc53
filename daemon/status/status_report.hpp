// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The status of accounts, for people and for programs: for `authzd status`, the HTTP listener and
// `systemctl status`. status_json.cpp has the JSON.
#pragma once

#include "daemon/status/daemon_status.hpp"
#include "reconciler/report/text_style.hpp"

#include <string>
#include <string_view>

namespace authzd {

/// Raised when a member changes its meaning or is removed, not when one is added.
inline constexpr int kStatusFormatVersion = 1;

/// A table with a line per account, followed by what a person should know or do; of several
/// accounts those first that need a person most, under a line that counts them all. Times are
/// relative to `now`. `options` follow a command that is shown for copying: " --config
/// authzd.yaml".
std::string status_text(const DaemonStatus& daemon,
                        Timestamp now,
                        TextStyle style,
                        std::string_view options = {});

/// {"formatVersion": 1, "refusedReload": …, "accounts": […]}, indented, with a final newline.
std::string status_json(const DaemonStatus& daemon);

/// All accounts in one line, for `systemctl status`: "3 accounts: 1 ready, 1 stalled (staging), 1
/// held (production)". Each account counts once, by its AccountState. Names those that need
/// attention. A refused reload comes first.
std::string status_line(const DaemonStatus& daemon);

}  // namespace authzd
