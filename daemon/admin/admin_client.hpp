// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The client of the admin socket: has the daemon perform a command, and is its terminal.
#pragma once

#include "daemon/admin/command_call.hpp"
#include "daemon/admin/console.hpp"

#include <optional>
#include <set>
#include <string>

namespace authzd {

/// What the command line names to be written. The daemon may write nothing else.
struct NamedFiles {
  std::set<std::string> files = {};        // replaced where they exist
  std::optional<std::string> folder = {};  // gets new files; none is replaced

  [[nodiscard]] bool has_in_folder(const std::string& path) const;
};

/// Has the daemon that listens on `socket` perform `call`, shows the answer on `console`, asks
/// there what the daemon wants confirmed, and returns the exit code. Only what `named`
/// allows is written, whatever the daemon says. Errors: not_found (no daemon listens there),
/// forbidden (this user may not use the socket, and which group to join; or the daemon refuses the
/// caller), rejected (the call is wrong), rate_limited, timeout (it does
/// not answer: nothing was begun), bad_response, unavailable (the daemon went
/// away; its runs have what was done).
Async<int> call_daemon(std::string socket,
                       CommandCall call,
                       Console& console,  // coroutine-ref: the awaiter's
                       NamedFiles named);

}  // namespace authzd
