// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Where accounts stand, for a person and for programs: what `authzd status` shows and what an HTTP
// listener can hand on.
#pragma once

#include "daemon/status/daemon_status.hpp"

#include <string>
#include <string_view>

namespace authzd {

/// Raised when a member changes its meaning or goes away, not when one is added.
inline constexpr int kStatusFormatVersion = 1;

/// A table with a line for each account, and below it what a person should know or do. The accounts
/// keep their order. Times are told relative to `now`. `options` stand behind a command that is
/// shown to be copied: " --config authzd.yaml".
std::string status_text(const DaemonStatus& daemon,
                        Timestamp now,
                        bool colour,
                        std::string_view options = {});

/// {"formatVersion": 1, "refusedReload": …, "accounts": […]}, indented, with a final newline.
std::string status_json(const DaemonStatus& daemon);

/// The one word for an account: Suspended, Stalled, Held, Ready, NotReady, or Starting before its
/// first cycle has ended; the first that fits.
std::string status_word(const AccountStatus& account);

}  // namespace authzd
