// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/http_server.hpp"

#include "daemon/net/connection_limit.hpp"
#include "daemon/net/deadline.hpp"
#include "daemon/net/fair_gate.hpp"
#include "daemon/net/http_session.hpp"
#include "daemon/net/supervisor.hpp"
#include "daemon/net/tcp_stream.hpp"
#include "daemon/net/tls_stream.hpp"
#include "reconciler/base/text.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

namespace authzd {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// What the sessions share; each has a reference, so that one may end after the server.
struct Service {
  HttpServerOptions options;
  std::optional<TlsContext> tls;
  HttpHandler handler;
  ConnectionLimit crowd;
};

std::string name_of(const tcp::endpoint& remote) {
  return remote.address().to_string() + " port " + std::to_string(remote.port());
}

/// `place` belongs to the caller.
Async<void> serve_connection(std::shared_ptr<Service> service,
                             tcp::socket socket,
                             std::string peer,
                             ConnectionLimit::Member& place) {
  std::unique_ptr<ByteStream> stream;
  if (service->tls) {
    auto handshake = service->tls->accept(std::move(socket), peer);
    auto accepted =
        co_await with_deadline(std::move(handshake), service->options.read, "TLS handshake");
    if (!accepted) co_return std::move(accepted).error();
    stream = std::move(*accepted);
  } else {
    stream = make_tcp_stream(std::move(socket), peer);
  }
  co_await run_http_session(std::move(stream), service->options, service->handler, place);
  co_return Result<void>();
}

/// The pass is held as long as the connection exists.
asio::awaitable<void> run_session(std::shared_ptr<Service> service,
                                  tcp::socket socket,
                                  [[maybe_unused]] FairGate::Pass pass) {
  boost::system::error_code gone;
  const auto remote = socket.remote_endpoint(gone);
  if (gone) co_return;
  auto place = service->crowd.join(remote.address().to_string());
  auto serving = serve_connection(service, std::move(socket), name_of(remote), place);
  // However it ends: only the client needs to know.
  [[maybe_unused]] const auto end = co_await until_stopped(place.dropped(), std::move(serving));
}

class TcpHttpServer final : public HttpServer {
 public:
  TcpHttpServer(tcp::acceptor acceptor, HttpServerOptions options, std::optional<TlsContext> tls)
      : acceptor_(std::move(acceptor)),
        port_(acceptor_.local_endpoint().port()),
        gate_(acceptor_.get_executor(), std::max<std::size_t>(1, options.max_connections)),
        sessions_(acceptor_.get_executor(), options.log, [] {}),
        service_(std::make_shared<Service>()) {
    service_->options = std::move(options);
    service_->tls = std::move(tls);
  }

  [[nodiscard]] std::uint16_t port() const override { return port_; }

  asio::awaitable<void> serve(HttpHandler handler) override {
    service_->handler = std::move(handler);
    std::exception_ptr thrown;
    try {
      co_await accept_all();
    } catch (...) {
      thrown = std::current_exception();
    }
    // However accepting ended, and however often we are cancelled: no session is left.
    co_await asio::this_coro::throw_if_cancelled(false);
    stop();
    co_await sessions_.drained();
    co_await asio::this_coro::throw_if_cancelled(true);
    if (thrown) std::rethrow_exception(thrown);
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none) throw_cancelled();
  }

  void stop() override {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    sessions_.stop();
  }

 private:
  asio::awaitable<void> accept_all() {
    bool refused = false;
    while (acceptor_.is_open()) {
      tcp::socket socket(acceptor_.get_executor());
      const auto [ec] = co_await acceptor_.async_accept(socket, kTuple);
      if (ec == asio::error::operation_aborted) co_return;
      if (ec) {
        if (!refused) warn(ec);
        refused = true;
        co_await pause();
        continue;
      }
      refused = false;
      if (gate_.is_full()) service_->crowd.drop_one();
      // If all are busy, the next one waits at the gate, and those behind it in the queue.
      auto pass = co_await gate_.enter();
      auto session = run_session(service_, std::move(socket), std::move(pass));
      sessions_.start("http session", std::move(session));
    }
  }

  void warn(const boost::system::error_code& why) const {
    service_->options.log.warning("cannot accept connections", {{"error", why.message()}});
  }

  /// Out of descriptors or memory: the connection stays in the queue, so that an immediate retry
  /// would only keep the loop busy.
  asio::awaitable<void> pause() {
    asio::steady_timer timer(acceptor_.get_executor(), std::chrono::milliseconds(100));
    co_await timer.async_wait(kTuple);
  }

  tcp::acceptor acceptor_;
  std::uint16_t port_;
  FairGate gate_;
  Supervisor sessions_;
  std::shared_ptr<Service> service_;
};

Result<tcp::acceptor> listen_on(const asio::any_io_executor& executor,
                                const HttpServerOptions& options) {
  boost::system::error_code ec;
  const auto address = asio::ip::make_address(options.address, ec);
  if (ec) {
    return Error{ErrorCode::invalid_config,
                 "\"" + printable(options.address) + "\" is not an IP address to listen on"};
  }
  const tcp::endpoint endpoint(address, options.port);
  tcp::acceptor acceptor(executor);
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) acceptor.set_option(asio::socket_base::reuse_address(true), ec);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (ec) {
    return Error{ErrorCode::unavailable,
                 "listening on " + options.address + " port " + std::to_string(options.port) +
                     ": " + ec.message()};
  }
  return acceptor;
}

}  // namespace

Result<std::unique_ptr<HttpServer>> make_http_server(asio::any_io_executor executor,
                                                     HttpServerOptions options) {
  std::optional<TlsContext> tls;
  if (!options.certificate_file.empty() || !options.key_file.empty()) {
    auto context = TlsContext::server(options.certificate_file, options.key_file);
    if (!context) return std::move(context).error();
    tls = std::move(*context);
  }
  auto acceptor = listen_on(executor, options);
  if (!acceptor) return std::move(acceptor).error();
  return std::make_unique<TcpHttpServer>(std::move(*acceptor), std::move(options), std::move(tls));
}

}  // namespace authzd
