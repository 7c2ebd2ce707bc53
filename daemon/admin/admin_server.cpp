// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/admin_server.hpp"

#include "daemon/admin/admin_session.hpp"
#include "daemon/admin/client_slots.hpp"
#include "daemon/admin/outbox.hpp"
#include "daemon/admin/user_names.hpp"
#include "daemon/net/supervisor.hpp"
#include "reconciler/base/text.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <utility>

namespace authzd {

namespace asio = boost::asio;

namespace {

class UnixAdminServer final : public AdminServer {
 public:
  UnixAdminServer(asio::any_io_executor executor,
                  std::unique_ptr<UnixListener> listener,
                  AdminServerOptions options)
      : executor_(std::move(executor)),
        listener_(std::move(listener)),
        options_(std::move(options)),
        slots_(options_.seats),
        names_(executor_),
        sessions_(executor_, options_.log, [] {}) {}

  asio::awaitable<void> serve(AdminHandler handler) override {
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
    co_await sessions_.drained();
    co_await asio::this_coro::throw_if_cancelled(true);
    if (thrown) std::rethrow_exception(thrown);
  }

  void stop() override {
    is_stopped_ = true;
    listener_->close();
    sessions_.stop();
  }

 private:
  asio::awaitable<void> accept_all() {
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
  asio::awaitable<void> serve_one(UnixConnection connection, ClientSlots::Slot seat) {
    co_await serve_admin_client(
        std::move(connection), options_, handler_, names_, unread_, seat.is_served());
  }

  void warn(const Error& why) const {
    options_.log.warning("cannot accept clients of the admin socket", {{"error", why.message}});
  }

  /// Out of descriptors: to go on at once would leave the loop no time for cycles.
  asio::awaitable<void> pause() {
    asio::steady_timer timer(executor_, std::chrono::milliseconds(100));
    co_await timer.async_wait(kTuple);
  }

  asio::any_io_executor executor_;
  std::unique_ptr<UnixListener> listener_;
  AdminServerOptions options_;
  AdminHandler handler_;
  ClientSlots slots_;
  UserNames names_;
  Unread unread_;
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
        "is "
        "not in it",
        {{"socket", options.path}, {"group", options.group}});
  }
  return std::make_unique<UnixAdminServer>(executor, std::move(*listener), std::move(options));
}

}  // namespace authzd
