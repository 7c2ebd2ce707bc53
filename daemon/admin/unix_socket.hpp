// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Unix stream sockets in the file system: connecting to one, and listening on one that no crash
// leaves in the way.
#pragma once

#include "daemon/admin/peer.hpp"
#include "daemon/net/byte_stream.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <stop_token>
#include <string>

namespace authzd {

/// Errors: not_found (nobody listens there), forbidden (this user may not), unavailable.
Async<std::unique_ptr<ByteStream>> connect_unix(std::string path);

struct UnixConnection {
  std::unique_ptr<ByteStream> stream;
  Peer peer;
  /// Stops where the other side has closed the connection: it takes no reply any more. One that has
  /// only said that it sends nothing more still takes one.
  std::stop_token hung_up;
};

class UnixListener {
 public:
  virtual ~UnixListener() = default;

  /// The next connection. Errors: cancelled (closed), unavailable (this one went wrong).
  virtual Async<UnixConnection> accept() = 0;

  /// Stops listening and takes the file away, if it is still this one's.
  virtual void close() = 0;

  /// Whether the group was given the socket; false: only root and this user can reach it.
  [[nodiscard]] virtual bool has_group() const = 0;
};

/// Listens on `path` with mode 0660, for `group` where there is such a group and this process may
/// give it. A file that a dead listener left is replaced.
/// Errors: conflict (someone listens there), unavailable (and what to do).
Result<std::unique_ptr<UnixListener>> listen_unix(boost::asio::any_io_executor executor,
                                                  const std::string& path,
                                                  const std::string& group);

}  // namespace authzd
