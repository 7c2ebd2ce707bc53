// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The status as a page for a person: no script, nothing fetched, every text from outside escaped.
#pragma once

#include "daemon/status/daemon_status.hpp"

#include <string>

namespace authzd {

/// A whole HTML document. `now` is when it is made: the page tells how long ago things were.
std::string status_page(const DaemonStatus& daemon, const std::string& version, Timestamp now);

}  // namespace authzd
