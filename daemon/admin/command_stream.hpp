// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A command that is performed for a client of the admin socket, and its answer as it comes.
#pragma once

#include "daemon/admin/command_call.hpp"
#include "daemon/admin/console.hpp"
#include "daemon/admin/event_queue.hpp"
#include "daemon/net/http_server.hpp"
#include "daemon/net/supervisor.hpp"

#include <functional>
#include <memory>

namespace authzd {

class CommandStream final : public BodySource {
 public:
  /// Performs the command, and returns its exit code. It is cancelled where the client leaves or
  /// the daemon stops; the console outlives it.
  using Command = std::function<boost::asio::awaitable<int>(Console&)>;

  /// Begins at once. `unread` must outlive it; close() must be called before its end.
  CommandStream(const boost::asio::any_io_executor& executor,
                const Log& log,
                UnreadEvents& unread,
                const CommandCall& call,
                Command command);
  ~CommandStream() override;

  Async<std::string> next() override { return events_.next(); }
  boost::asio::awaitable<void> close() override;
  void stop() override { command_task_.stop(); }

 private:
  boost::asio::awaitable<void> perform();
  void end(int code);

  EventQueue events_;
  EventQueue held_back_;
  std::unique_ptr<Console> console_;
  Command command_;
  Supervisor command_task_;
};

}  // namespace authzd
