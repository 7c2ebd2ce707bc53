// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/admin_session.hpp"

#include "daemon/admin/remote_console.hpp"
#include "daemon/net/deadline.hpp"
#include "daemon/net/supervisor.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace authzd {

namespace asio = boost::asio;

namespace {

using asio::awaitable;

constexpr int kError = 1;  // the exit code of a command that could not be ended

Async<Frame> expect(FrameReader& reader, FrameKind kind) {  // coroutine-ref: the awaiter's
  auto frame = co_await reader.next();
  if (!frame) co_return std::move(frame).error();
  if (!*frame) co_return Error{ErrorCode::unavailable, "the client has closed"};
  if ((*frame)->kind != kind) {
    co_return Error{ErrorCode::bad_response, "the client does not keep to the protocol"};
  }
  co_return std::move(**frame);
}

class Session {
 public:
  Session(UnixConnection connection,
          asio::any_io_executor executor,
          const AdminServerOptions& options,
          const AdminHandler& handler,
          UserNames& names,
          Unread& unread)
      : peer_(std::move(connection.peer)),
        stream_(std::move(connection.stream)),
        reader_(*stream_),
        executor_(std::move(executor)),
        options_(options),
        handler_(handler),
        names_(names),
        outbox_(executor_, unread),
        sending_(executor_, options.log, [this] { stream_->reset(); }),
        command_(executor_, options.log, [this] { on_bug(); }),
        farewell_(executor_, options.log) {}

  awaitable<void> run(bool is_served) {
    auto greeting = greet(is_served);
    auto call = co_await with_deadline(std::move(greeting), options_.greeting, "greeting");
    if (!call) {
      co_await refuse(call.error());
      co_return;
    }
    peer_.name = co_await names_.of(peer_.uid);
    std::exception_ptr thrown;
    begin(std::move(*call));
    try {
      co_await listen();
    } catch (...) {
      thrown = std::current_exception();
    }
    co_await asio::this_coro::throw_if_cancelled(false);
    command_.stop();
    co_await command_.drained();
    co_await say_goodbye();
    co_await asio::this_coro::throw_if_cancelled(true);
    if (thrown) std::rethrow_exception(thrown);
  }

 private:
  Async<AdminCall> greet(bool is_served) {
    const auto first = co_await expect(reader_, FrameKind::hello);
    if (!first) co_return first.error();
    const auto hello = parse_hello(first->payload);
    if (!hello) co_return hello.error();
    const auto ours = encode_frame(FrameKind::hello, encode(Hello{options_.version}));
    const auto sent = co_await stream_->write(ours);
    if (!sent) co_return sent.error();
    const std::string difference = version_difference(hello->version, options_.version);
    if (!difference.empty()) co_return Error{ErrorCode::conflict, difference};
    if (peer_.kind != PeerKind::client) co_return not_a_client();
    if (!is_served) co_return too_many();
    const auto frame = co_await expect(reader_, FrameKind::call);
    if (!frame) co_return frame.error();
    co_return parse_call(frame->payload);
  }

  [[nodiscard]] Error too_many() const {
    const SlotLimits& seats = options_.seats;
    return {ErrorCode::rate_limited,
            "the daemon serves as many clients as it may: " + std::to_string(seats.served) +
                " at a time, and " + std::to_string(seats.of_one_user) +
                " of one user; try again when one has ended, or as root"};
  }

  /// git, ssh and gpg read what strangers wrote: they must not command the daemon.
  [[nodiscard]] Error not_a_client() const {
    if (peer_.kind == PeerKind::child) {
      return {ErrorCode::forbidden,
              "this process was started by a daemon, which takes no commands from those"};
    }
    return {ErrorCode::forbidden,
            "the process that connected has ended, or the kernel does not show it, so that nobody "
            "can say whose it is"};
  }

  awaitable<void> refuse(const Error& why) {  // coroutine-ref: the awaiter's
    const std::string bytes = encode_frame(FrameKind::refused, why.message);
    auto writing = stream_->write(bytes);
    const auto sent = co_await with_deadline(std::move(writing), options_.farewell, "refusing");
    options_.log.info(
        "refused a client of the admin socket",
        {{"who", to_string(peer_)}, {"why", why.message}, {"told", sent ? "yes" : "no"}});
    stream_->reset();
  }

  void begin(AdminCall call) {
    console_.emplace(executor_, outbox_, call, options_.patience);
    sending_.start("admin output", outbox_.send_to(*stream_, options_.patience));
    command_.start("admin command", perform(std::move(call)));
  }

  awaitable<void> perform(AdminCall call) {
    const int code = co_await handler_(std::move(call), peer_, *console_);
    end_with(code);
  }

  void end_with(int code) {
    if (has_ended_) return;
    has_ended_ = true;
    outbox_.add(FrameKind::exit, encode_exit(code));
    outbox_.finish();
  }

  /// Takes replies until the client has gone, or breaks the protocol, or everything has been sent.
  awaitable<void> listen() {
    while (true) {
      const auto frame = co_await reader_.next();
      if (!frame || !*frame || (*frame)->kind != FrameKind::reply) co_return;
      auto reply = parse_reply((*frame)->payload);
      if (!reply || !console_->take(std::move(*reply))) co_return;
    }
  }

  /// The command has ended: by itself, or because it was told to. A client that does not read the
  /// last word in time goes without it.
  awaitable<void> say_goodbye() {
    if (!has_ended_) {
      console_->err << "authzd: the command was ended between two writes, because the daemon stops "
                       "or the connection broke.\n";
    }
    end_with(kError);
    farewell_.start("admin farewell", cut_off());
    co_await sending_.drained();
    farewell_.stop();
    co_await farewell_.drained();
  }

  awaitable<void> cut_off() {
    asio::steady_timer timer(executor_, options_.farewell);
    co_await timer.async_wait(kTuple);
    stream_->reset();
  }

  void on_bug() {
    console_->err << "authzd: internal error; the daemon's log has it.\n";
    end_with(kError);
  }

  Peer peer_;
  std::unique_ptr<ByteStream> stream_;
  FrameReader reader_;
  asio::any_io_executor executor_;
  const AdminServerOptions& options_;
  const AdminHandler& handler_;
  UserNames& names_;
  Outbox outbox_;
  std::optional<RemoteConsole> console_;
  Supervisor sending_;
  Supervisor command_;
  Supervisor farewell_;
  bool has_ended_ = false;
};

}  // namespace

awaitable<void> serve_admin_client(UnixConnection connection,
                                   const AdminServerOptions& options,
                                   const AdminHandler& handler,
                                   UserNames& names,
                                   Unread& unread,
                                   bool is_served) {
  const auto executor = co_await asio::this_coro::executor;
  Session session(std::move(connection), executor, options, handler, names, unread);
  co_await session.run(is_served);
}

}  // namespace authzd
