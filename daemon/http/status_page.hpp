// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The status as an HTML page: no script, no external resources, every external text escaped.
#pragma once

#include "daemon/status/daemon_status.hpp"

#include <string>

namespace authzd {

/// A complete HTML document. `now` is the time of creation: the page shows ages.
std::string status_page(const DaemonStatus& daemon, const std::string& version, Timestamp now);

}  // namespace authzd
