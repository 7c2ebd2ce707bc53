// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The client's end of the admin socket: has the daemon run a command, and is its terminal.
#pragma once

#include "daemon/admin/console.hpp"
#include "daemon/admin/messages.hpp"
#include "daemon/net/byte_stream.hpp"

#include <memory>
#include <set>
#include <string>

namespace authzd {

/// Errors: not_found (no daemon listens there), forbidden (and which group to join), unavailable.
Async<std::unique_ptr<ByteStream>> connect_daemon(std::string path);

/// Has the daemon at the other end of `stream` run `call`, shows and asks on `console`, and returns
/// the exit code. Only the files that are in `files` are written, whatever the daemon says.
/// Errors: conflict (the versions differ, or the daemon refuses), bad_response, unavailable (the
/// daemon went away; what it has done by then is in its runs).
Async<int> call_daemon(ByteStream& stream,  // coroutine-ref: the awaiter's
                       AdminCall call,
                       Console& console,  // coroutine-ref: the awaiter's
                       std::set<std::string> files,
                       std::string version);  // of this authzd

}  // namespace authzd
