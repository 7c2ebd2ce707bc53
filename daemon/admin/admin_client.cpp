// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/admin_client.hpp"

#include "daemon/admin/frame.hpp"
#include "daemon/admin/peer.hpp"
#include "daemon/admin/unix_socket.hpp"
#include "reconciler/base/text.hpp"

#include <optional>
#include <ostream>
#include <utility>

namespace authzd {
namespace {

Error gone() {
  return {ErrorCode::unavailable,
          "the daemon went away before the command had ended; 'authzd runs' shows what was done"};
}

class Conversation {
 public:
  /// All must outlive this.
  Conversation(ByteStream& stream, Console& console, const std::set<std::string>& files)
      : stream_(stream), reader_(stream), console_(console), files_(files) {}

  Async<int> hold(AdminCall call, std::string version) {
    const std::string hello = encode_frame(FrameKind::hello, encode(Hello{version}));
    const auto greeted = co_await stream_.write(hello);
    if (!greeted) co_return gone();
    auto daemon = co_await next();
    if (!daemon) co_return std::move(daemon).error();
    if (daemon->kind != FrameKind::hello) co_return unexpected();
    const auto theirs = parse_hello(daemon->payload);
    if (!theirs) co_return theirs.error();
    const std::string difference = version_difference(version, theirs->version);
    if (!difference.empty()) co_return Error{ErrorCode::conflict, difference};
    const std::string asked = encode_frame(FrameKind::call, encode(call));
    const auto called = co_await stream_.write(asked);
    if (!called) co_return gone();
    std::optional<int> code;
    while (!code) {
      auto frame = co_await next();
      if (!frame) co_return std::move(frame).error();
      auto done = co_await take(std::move(*frame));
      if (!done) co_return std::move(done).error();
      code = *done;
    }
    co_return *code;
  }

 private:
  /// Errors: conflict where the daemon refuses.
  Async<Frame> next() {
    auto frame = co_await reader_.next();
    if (!frame) co_return std::move(frame).error();
    if (!*frame) co_return gone();
    if ((*frame)->kind == FrameKind::refused) {
      co_return Error{ErrorCode::conflict, "the daemon refuses: " + printable((*frame)->payload)};
    }
    co_return std::move(**frame);
  }

  static Error unexpected() {
    return {ErrorCode::bad_response, "the daemon does not keep to the admin socket's protocol"};
  }

  /// The exit code, once it is there.
  Async<std::optional<int>> take(Frame frame) {
    switch (frame.kind) {
      case FrameKind::out: console_.out << frame.payload << std::flush; break;
      case FrameKind::err: console_.err << frame.payload << std::flush; break;
      case FrameKind::ask: co_return co_await answer(std::move(frame.payload));
      case FrameKind::file: path_ = std::move(frame.payload); break;
      case FrameKind::data: text_ += frame.payload; break;
      case FrameKind::end: co_return co_await write_file();
      case FrameKind::exit: {
        auto code = parse_exit(frame.payload);
        if (!code) co_return std::move(code).error();
        co_return std::optional<int>(*code);
      }
      default: co_return unexpected();
    }
    co_return std::optional<int>();
  }

  Async<std::optional<int>> answer(std::string question) {
    const auto yes = co_await console_.ask(std::move(question));
    if (!yes) co_return yes.error();
    ClientReply reply;
    reply.answer = *yes ? "yes" : "no";
    co_return co_await send(std::move(reply));
  }

  Async<std::optional<int>> write_file() {
    const std::string path = std::exchange(path_, {});
    std::string text = std::exchange(text_, {});
    if (!files_.contains(path)) co_return unexpected();
    const auto written = co_await console_.write_file(path, std::move(text));
    ClientReply reply;
    if (!written) reply.problem = written.error().message;
    co_return co_await send(std::move(reply));
  }

  Async<std::optional<int>> send(ClientReply reply) {
    const std::string bytes = encode_frame(FrameKind::reply, encode(reply));
    const auto sent = co_await stream_.write(bytes);
    if (!sent) co_return gone();
    co_return std::optional<int>();
  }

  ByteStream& stream_;
  FrameReader reader_;
  Console& console_;
  const std::set<std::string>& files_;
  std::string path_;
  std::string text_;
};

}  // namespace

Async<std::unique_ptr<ByteStream>> connect_daemon(std::string path) {
  auto stream = co_await connect_unix(path);
  if (stream || stream.error().code != ErrorCode::forbidden) co_return stream;
  const Peer self = this_process();
  const std::string user = self.name.empty() ? "USER" : printable(self.name);
  co_return Error{ErrorCode::forbidden,
                  "you may not use the admin socket " + printable(path) +
                      ": its users are root and the group authzd-admin. Join it (usermod -aG "
                      "authzd-admin " +
                      user + ", as root) and log in again, or call as root"};
}

Async<int> call_daemon(ByteStream& stream,
                       AdminCall call,
                       Console& console,
                       std::set<std::string> files,
                       std::string version) {
  Conversation conversation(stream, console, files);
  co_return co_await conversation.hold(std::move(call), std::move(version));
}

}  // namespace authzd
