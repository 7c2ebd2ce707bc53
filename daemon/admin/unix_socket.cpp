// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/unix_socket.hpp"

#include "daemon/admin/name_service.hpp"
#include "reconciler/base/text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>

#include <cerrno>
#include <cstring>
#include <grp.h>
#include <optional>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace authzd {

namespace asio = boost::asio;
using asio::local::stream_protocol;
using boost::system::error_code;

namespace {

Error socket_error(const error_code& ec, std::string_view doing) {
  const bool aborted = ec == asio::error::operation_aborted;
  return {aborted ? ErrorCode::cancelled : ErrorCode::unavailable,
          std::string(doing) + " the admin socket: " + printable(ec.message())};
}

class UnixStream final : public ByteStream {
 public:
  explicit UnixStream(stream_protocol::socket socket) : socket_(std::move(socket)) {
    // The kernel reports a connection that the other side has closed as an error condition, and one
    // that it will only not write to any more as readable.
    socket_.async_wait(stream_protocol::socket::wait_error,
                       [hung_up = hung_up_](const error_code& ec) mutable {
                         if (!ec) hung_up.request_stop();
                       });
  }

  [[nodiscard]] std::stop_token hung_up() const { return hung_up_.get_token(); }

  Async<std::size_t> read_some(std::span<char> into) override {
    auto [ec, n] = co_await socket_.async_read_some(asio::buffer(into.data(), into.size()), kTuple);
    if (ec == asio::error::eof) co_return 0;
    if (ec) co_return socket_error(ec, "reading from");
    co_return n;
  }

  Async<std::size_t> write(std::string_view bytes) override {
    auto [ec, n] = co_await asio::async_write(socket_, asio::buffer(bytes), kTuple);
    if (ec) co_return socket_error(ec, "writing to");
    co_return n;
  }

  asio::awaitable<void> finish() override {
    error_code ignored;
    socket_.shutdown(stream_protocol::socket::shutdown_send, ignored);
    co_return;
  }

  void reset() override {
    error_code ignored;
    socket_.close(ignored);
  }

  bool is_quiet() override {
    if (!socket_.is_open()) return false;
    pollfd interest{socket_.native_handle(), POLLIN, 0};
    return ::poll(&interest, 1, 0) == 0;
  }

 private:
  std::stop_source hung_up_;
  stream_protocol::socket socket_;
};

/// Which file this is; nothing where there is none.
std::optional<std::pair<dev_t, ino_t>> identity_of(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return std::nullopt;
  return std::pair{status.st_dev, status.st_ino};
}

class Listener final : public UnixListener {
 public:
  Listener(stream_protocol::acceptor acceptor, std::string path, bool has_group)
      : acceptor_(std::move(acceptor)),
        path_(std::move(path)),
        identity_(identity_of(path_)),
        has_group_(has_group) {}
  ~Listener() override { close_now(); }

  Async<UnixConnection> accept() override {
    stream_protocol::socket socket(acceptor_.get_executor());
    const auto [ec] = co_await acceptor_.async_accept(socket, kTuple);
    if (ec) co_return socket_error(ec, "accepting on");
    auto peer = peer_of(socket.native_handle());
    if (!peer) co_return Error{ErrorCode::unavailable, peer.error().message};
    auto stream = std::make_unique<UnixStream>(std::move(socket));
    UnixConnection connection;
    connection.hung_up = stream->hung_up();
    connection.stream = std::move(stream);
    connection.peer = std::move(*peer);
    co_return connection;
  }

  void close() override { close_now(); }
  [[nodiscard]] bool has_group() const override { return has_group_; }

 private:
  void close_now() {
    if (!acceptor_.is_open()) return;
    if (identity_ && identity_of(path_) == identity_) ::unlink(path_.c_str());
    error_code ignored;
    acceptor_.close(ignored);
  }

  stream_protocol::acceptor acceptor_;
  std::string path_;
  std::optional<std::pair<dev_t, ino_t>> identity_;
  bool has_group_;
};

Error cannot_listen(const std::string& path, std::string_view why) {
  return {ErrorCode::unavailable,
          "cannot listen on the admin socket " + printable(path) + ": " + std::string(why) +
              ". Name another place with admin.socket in the configuration"};
}

/// Asio's own connect waits, whatever the socket's mode.
error_code connect_now(int socket, const std::string& path) {
  const stream_protocol::endpoint endpoint(path);
  if (::connect(socket, endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0) return {};
  return {errno, boost::system::system_category()};
}

/// Removes what a dead listener left. Errors: as listen_unix.
Result<void> make_way(const asio::any_io_executor& executor, const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return {};
  if (!S_ISSOCK(status.st_mode)) return cannot_listen(path, "a file that is no socket is there");
  // Without waiting: the process that listens there may be stopped, with no room left for one more.
  stream_protocol::socket probe(executor);
  error_code ec;
  probe.open(stream_protocol(), ec);
  if (!ec) probe.native_non_blocking(true, ec);
  if (ec) return cannot_listen(path, printable(ec.message()));
  ec = connect_now(probe.native_handle(), path);
  if (ec == asio::error::connection_refused) {
    ::unlink(path.c_str());
    return {};
  }
  if (ec && ec != asio::error::would_block) return cannot_listen(path, printable(ec.message()));
  return Error{ErrorCode::conflict,
               "another authzd listens on " + printable(path) +
                   ": end it first, or give this one its own admin.socket"};
}

std::optional<gid_t> id_of_group(const std::string& name) {
  const auto look_up = [&name](group* entry, char* buffer, std::size_t size, group** found) {
    return ::getgrnam_r(name.c_str(), entry, buffer, size, found);
  };
  return read_entry<group>(look_up, [](const group& entry) { return entry.gr_gid; });
}

/// Whether the socket now belongs to the group.
bool give_to_group(const std::string& path, const std::string& name) {
  const auto group = id_of_group(name);
  if (!group) return false;
  // Where it is the process's own group, as in the unit, it is so from the start; the unit's filter
  // of system calls lets nobody chown.
  struct stat about {};
  if (::stat(path.c_str(), &about) == 0 && about.st_gid == *group) return true;
  return ::chown(path.c_str(), static_cast<uid_t>(-1), *group) == 0;
}

Error connect_error(const error_code& ec, const std::string& path) {
  ErrorCode code = ErrorCode::unavailable;
  if (ec == asio::error::connection_refused || ec.value() == ENOENT) code = ErrorCode::not_found;
  if (ec == asio::error::access_denied) code = ErrorCode::forbidden;
  return {code, printable(path) + ": " + printable(ec.message())};
}

bool fits(const std::string& path) {
  return !path.empty() && path.size() < sizeof(sockaddr_un{}.sun_path);
}

}  // namespace

Async<std::unique_ptr<ByteStream>> connect_unix(std::string path) {
  if (!fits(path)) {
    co_return Error{ErrorCode::unavailable,
                    "the path of the admin socket is too long: " + printable(path)};
  }
  stream_protocol::socket socket(co_await asio::this_coro::executor);
  const stream_protocol::endpoint endpoint(path);
  const auto [ec] = co_await socket.async_connect(endpoint, kTuple);
  if (ec) co_return connect_error(ec, path);
  co_return std::make_unique<UnixStream>(std::move(socket));
}

Result<std::unique_ptr<UnixListener>> listen_unix(asio::any_io_executor executor,
                                                  const std::string& path,
                                                  const std::string& group) {
  if (!fits(path)) return cannot_listen(path, "its path is too long");
  if (auto way = make_way(executor, path); !way) return std::move(way).error();
  stream_protocol::acceptor acceptor(executor);
  error_code ec;
  acceptor.open(stream_protocol(), ec);
  if (!ec) acceptor.bind(stream_protocol::endpoint(path), ec);
  if (ec) return cannot_listen(path, printable(ec.message()));
  // Before anyone can connect: until listen() the file refuses everybody.
  const bool has_group = give_to_group(path, group);
  if (::chmod(path.c_str(), 0660) != 0) return cannot_listen(path, std::strerror(errno));
  acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (ec) return cannot_listen(path, printable(ec.message()));
  return std::make_unique<Listener>(std::move(acceptor), path, has_group);
}

}  // namespace authzd
