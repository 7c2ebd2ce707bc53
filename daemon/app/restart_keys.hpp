// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a reload cannot take over: the state and the listeners are open from the daemon's start on.
#pragma once

#include "daemon/cli/setup.hpp"

#include <string>
#include <vector>

namespace authzd {

/// The keys that `now` has otherwise than `started`, and that only a restart acts on.
std::vector<std::string> keys_for_restart(const Setup& started, const Setup& now);

}  // namespace authzd
