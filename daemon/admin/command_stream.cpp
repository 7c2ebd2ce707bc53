// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/command_stream.hpp"

#include "daemon/admin/event_console.hpp"

#include <exception>
#include <utility>

namespace authzd {
namespace {

constexpr int kCutOff = 1;  // the exit code of a command that did not end by itself

}  // namespace

CommandStream::CommandStream(const boost::asio::any_io_executor& executor,
                             const Log& log,
                             UnreadEvents& unread,
                             const CommandCall& call,
                             Command command)
    : events_(executor, unread),
      held_back_(executor, unread),
      console_(std::make_unique<EventConsole>(events_, held_back_, call)),
      command_(std::move(command)),
      command_task_(executor, log, [] {}) {
  command_task_.start("admin command", perform());
}

CommandStream::~CommandStream() = default;

boost::asio::awaitable<void> CommandStream::perform() {
  int code = kCutOff;
  std::exception_ptr thrown;
  try {
    code = co_await command_(*console_);
  } catch (...) {
    thrown = std::current_exception();
    console_->err << (is_cancellation(thrown)
                          ? "authzd: the command was ended between two writes, because the daemon "
                            "stops or the connection broke.\n"
                          : "authzd: internal error; the daemon's log has it.\n");
  }
  end(code);
  if (thrown) std::rethrow_exception(thrown);
}

void CommandStream::end(int code) {
  console_.reset();  // what it holds back is added before the end
  events_.add({.kind = EventKind::exit, .code = code});
  events_.finish();
}

boost::asio::awaitable<void> CommandStream::close() {
  command_task_.stop();
  co_await command_task_.drained();
}

}  // namespace authzd
