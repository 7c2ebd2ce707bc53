// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/remote_console.hpp"

#include "reconciler/base/time.hpp"

#include <ostream>
#include <streambuf>
#include <utility>

namespace authzd {
namespace {

/// Text that is written to it goes into the outbox at once.
class OutboxBuffer final : public std::streambuf {
 public:
  OutboxBuffer(Outbox& outbox, FrameKind kind) : outbox_(outbox), kind_(kind) {}

 protected:
  std::streamsize xsputn(const char* bytes, std::streamsize size) override {
    outbox_.add(kind_, {bytes, static_cast<std::size_t>(size)});
    return size;
  }
  int_type overflow(int_type one) override {
    if (traits_type::eq_int_type(one, traits_type::eof())) return traits_type::not_eof(one);
    const char byte = traits_type::to_char_type(one);
    outbox_.add(kind_, {&byte, 1});
    return one;
  }

 private:
  Outbox& outbox_;
  FrameKind kind_;
};

}  // namespace

struct RemoteConsole::Streams {
  explicit Streams(Outbox& outbox)
      : out_buffer(outbox, FrameKind::out), err_buffer(outbox, FrameKind::err) {}

  OutboxBuffer out_buffer;
  OutboxBuffer err_buffer;
  std::ostream out{&out_buffer};
  std::ostream err{&err_buffer};
};

RemoteConsole::RemoteConsole(const boost::asio::any_io_executor& executor,
                             Outbox& outbox,
                             const AdminCall& call,
                             std::chrono::milliseconds patience)
    : RemoteConsole(executor, outbox, call, patience, std::make_unique<Streams>(outbox)) {}

RemoteConsole::RemoteConsole(const boost::asio::any_io_executor& executor,
                             Outbox& outbox,
                             const AdminCall& call,
                             std::chrono::milliseconds patience,
                             std::unique_ptr<Streams> streams)
    : Console(streams->out, streams->err),
      streams_(std::move(streams)),
      outbox_(outbox),
      replied_(executor),
      patience_(patience) {
  can_ask = call.can_ask;
  colour = call.colour;
}

RemoteConsole::~RemoteConsole() = default;

Async<bool> RemoteConsole::ask(std::string question) {
  outbox_.add(FrameKind::ask, question);
  auto answer = co_await reply();
  if (!answer) co_return std::move(answer).error();
  co_return is_yes(answer->answer);
}

Async<void> RemoteConsole::write_file(std::string path, std::string text) {
  outbox_.add(FrameKind::file, path);
  outbox_.add(FrameKind::data, text);
  outbox_.add(FrameKind::end, {});
  auto answer = co_await reply();
  if (!answer) co_return std::move(answer).error();
  if (!answer->problem.empty()) co_return Error{ErrorCode::unavailable, answer->problem};
  co_return Result<void>{};
}

bool RemoteConsole::take(ClientReply reply) {
  if (!is_waiting_ || reply_) return false;
  reply_ = std::move(reply);
  replied_.cancel();
  return true;
}

Async<ClientReply> RemoteConsole::reply() {
  is_waiting_ = true;
  reply_.reset();
  replied_.expires_after(patience_);
  const auto [ec] = co_await replied_.async_wait(kTuple);
  is_waiting_ = false;
  if (reply_) co_return std::move(*reply_);
  if (ec) co_return Error{ErrorCode::cancelled, "the one who asked has gone"};
  co_return Error{ErrorCode::timeout, "no answer within " + to_string(patience_)};
}

}  // namespace authzd
