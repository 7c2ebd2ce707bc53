// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One client at the admin socket: greeting, call, the command while it runs, exit code. Private to
// the server.
#pragma once

#include "daemon/admin/admin_server.hpp"
#include "daemon/admin/outbox.hpp"
#include "daemon/admin/unix_socket.hpp"
#include "daemon/admin/user_names.hpp"

namespace authzd {

/// Serves one client to its end, however it ends. A cancellation lets the command end between two
/// writes and tells the client. `options`, `handler`, `names` and `unread` outlive it. Without
/// `is_served` it is one too many, and only told so.
boost::asio::awaitable<void> serve_admin_client(UnixConnection connection,
                                                const AdminServerOptions& options,
                                                const AdminHandler& handler,
                                                UserNames& names,
                                                Unread& unread,
                                                bool is_served);

}  // namespace authzd
