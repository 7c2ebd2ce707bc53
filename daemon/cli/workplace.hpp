// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a command works on: accounts that are open, either for this call alone or the daemon's own.
// A command is written once, against this.
#pragma once

#include "daemon/service/daemon.hpp"

namespace authzd {

struct Workplace {
  Accounts accounts;         // those that --account chose; at least one
  Daemon* daemon = nullptr;  // null: this process stands alone
};

}  // namespace authzd
