// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/admin_server.hpp"

#include "daemon/admin/api_error.hpp"
#include "daemon/admin/unix_socket.hpp"
#include "daemon/admin/user_names.hpp"
#include "daemon/net/deadline.hpp"
#include "daemon/net/http_session.hpp"
#include "daemon/net/supervisor.hpp"
#include "reconciler/base/text.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <list>
#include <optional>
#include <stop_token>
#include <utility>

namespace authzd {

namespace asio = boost::asio;

namespace {

using asio::awaitable;

HttpServerOptions http_options(const AdminServerOptions& options) {
  HttpServerOptions http;
  http.max_body_bytes = options.max_body;
  http.read = options.read;
  http.send = options.patience;
  http.linger = options.farewell;
  http.log = options.log;
  return http;
}

Error too_many(const SlotLimits& seats) {
  return {ErrorCode::rate_limited,
          "the daemon serves as many clients as it may: " + std::to_string(seats.served) +
              " at a time, and " + std::to_string(seats.of_one_user) +
              " of one user; try again when one has ended, or as root"};
}

/// git, ssh and gpg read what strangers wrote: they must not command the daemon.
Error not_a_client(PeerKind kind) {
  if (kind == PeerKind::child) {
    return {ErrorCode::forbidden,
            "this process was started by a daemon, which takes no commands from those"};
  }
  return {ErrorCode::forbidden,
          "the process that connected has ended, or the kernel does not show it, so that nobody "
          "can say whose it is"};
}

/// One connection, from when it was accepted.
struct Client {
  Peer peer;
  bool is_served = false;
  std::stop_source stopped;
  std::weak_ptr<BodySource> at_work = {};  // what is being answered
};

class UnixAdminServer final : public AdminServer {
 public:
  UnixAdminServer(asio::any_io_executor executor,
                  std::unique_ptr<UnixListener> listener,
                  AdminServerOptions options)
      : executor_(std::move(executor)),
        listener_(std::move(listener)),
        options_(std::move(options)),
        http_(http_options(options_)),
        slots_(options_.seats),
        names_(executor_),
        sessions_(executor_, options_.log, [] {}) {}

  awaitable<void> serve(AdminHandler handler) override {
    handler_ = std::move(handler);
    std::exception_ptr thrown;
    try {
      co_await accept_all();
    } catch (...) {
      thrown = std::current_exception();
    }
    // However the accepting ended: no client is left behind.
    co_await asio::this_coro::throw_if_cancelled(false);
    stop();
    auto ending = all_gone();
    const auto gone = co_await with_deadline(std::move(ending), options_.farewell, "stopping");
    if (!gone) sessions_.stop();
    co_await sessions_.drained();
    co_await asio::this_coro::throw_if_cancelled(true);
    if (thrown) std::rethrow_exception(thrown);
  }

  void stop() override {
    if (std::exchange(is_stopped_, true)) return;
    listener_->close();
    for (Client& client : clients_) {
      if (const auto source = client.at_work.lock()) {
        source->stop();
      } else {
        client.stopped.request_stop();
      }
    }
  }

 private:
  awaitable<void> accept_all() {
    bool refused = false;
    while (!is_stopped_) {
      auto connection = co_await listener_->accept();
      if (!connection && connection.error().code == ErrorCode::cancelled) co_return;
      if (!connection) {
        if (!refused) warn(connection.error());
        refused = true;
        co_await pause();
        continue;
      }
      refused = false;
      // Without a seat it is dropped at once: a pause here would be one for root, too.
      auto seat = slots_.take(connection->peer.uid);
      if (seat)
        sessions_.start("admin client", serve_one(std::move(*connection), std::move(*seat)));
    }
  }

  /// The seat is held for as long as the client is here.
  awaitable<void> serve_one(UnixConnection connection, ClientSlots::Slot seat) {
    const auto client =
        clients_.insert(clients_.end(), {connection.peer, seat.is_served(), {}, {}});
    const std::stop_callback hung_up(connection.hung_up,
                                     [&client] { client->stopped.request_stop(); });
    std::exception_ptr thrown;
    try {
      auto session = converse(std::move(connection.stream), *client);
      [[maybe_unused]] const auto end =
          co_await until_stopped(client->stopped.get_token(), std::move(session));
    } catch (...) {
      thrown = std::current_exception();
    }
    clients_.erase(client);
    if (thrown) std::rethrow_exception(thrown);
  }

  Async<void> converse(std::unique_ptr<ByteStream> stream,
                       Client& client) {  // coroutine-ref: the awaiter's
    const HttpHandler handler = [this, &client](HttpRequest request) {
      return answer(std::move(request), client);
    };
    auto place = crowd_.join(std::to_string(client.peer.uid));
    co_await run_http_session(std::move(stream), http_, handler, place);
    co_return Result<void>();
  }

  awaitable<HttpReply> answer(HttpRequest request,
                              Client& client) {  // coroutine-ref: the awaiter's
    if (client.peer.name.empty()) client.peer.name = co_await names_.of(client.peer.uid);
    if (client.peer.kind != PeerKind::client) {
      co_return refuse(403, not_a_client(client.peer.kind), client);
    }
    if (!client.is_served) co_return refuse(429, too_many(options_.seats), client);
    HttpReply reply = co_await handler_(std::move(request), client.peer);
    client.at_work = reply.source;
    if (is_stopped_ && reply.source) reply.source->stop();
    co_return reply;
  }

  /// The connection is closed after the reply.
  HttpReply refuse(int status, const Error& why, const Client& client) const {
    options_.log.info("refused a client of the admin socket",
                      {{"who", to_string(client.peer)}, {"why", why.message}});
    return {.response = api_error(status, why), .is_last = true};
  }

  /// A client that keeps its connection after its last answer is ended with the farewell.
  Async<void> all_gone() {
    co_await sessions_.drained();
    co_return Result<void>();
  }

  void warn(const Error& why) const {
    options_.log.warning("cannot accept clients of the admin socket", {{"error", why.message}});
  }

  /// Out of descriptors: accepting again at once would leave the loop no time for cycles.
  awaitable<void> pause() {
    asio::steady_timer timer(executor_, std::chrono::milliseconds(100));
    co_await timer.async_wait(kTuple);
  }

  asio::any_io_executor executor_;
  std::unique_ptr<UnixListener> listener_;
  AdminServerOptions options_;
  HttpServerOptions http_;
  AdminHandler handler_;
  ClientSlots slots_;
  ConnectionLimit crowd_;  // who gets in is the business of the slots: none of it is dropped
  UserNames names_;
  std::list<Client> clients_;
  Supervisor sessions_;
  bool is_stopped_ = false;
};

}  // namespace

Result<std::unique_ptr<AdminServer>> make_admin_server(asio::any_io_executor executor,
                                                       AdminServerOptions options) {
  auto listener = listen_unix(executor, options.path, options.group);
  if (!listener) return std::move(listener).error();
  if (!(*listener)->has_group()) {
    options.log.warning(
        "the admin socket is for this user and root alone: there is no such group, or the daemon "
        "is not in it",
        {{"socket", options.path}, {"group", options.group}});
  }
  return std::make_unique<UnixAdminServer>(executor, std::move(*listener), std::move(options));
}

}  // namespace authzd
