// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The console of a command whose person is a client of the admin socket. It keeps no client
// waiting for its person: a question ends the answer, and the person's yes is a new call, which
// names what it says yes to.
#pragma once

#include "daemon/admin/command_call.hpp"
#include "daemon/admin/console.hpp"
#include "daemon/admin/event_queue.hpp"

#include <memory>
#include <string>

namespace authzd {

class EventConsole final : public Console {
 public:
  /// Both queues must outlive it. Of a call that confirms something, what is shown before the
  /// question goes into `held_back`: the client has it already. It is moved to `events` where it is
  /// not what was confirmed, or where the command asks nothing.
  EventConsole(EventQueue& events, EventQueue& held_back, const CommandCall& call);
  ~EventConsole() override;

  /// Errors: cancelled where the client has to ask first.
  Async<bool> ask(Question question) override;

  /// At once, also while other events are held back.
  void show_progress(const std::string& line) override;

  /// The client writes it, and tells its person where it cannot.
  Async<void> write_file(std::string path, std::string text) override;
  Async<void> write_new_file(std::string path, std::string text) override;

 private:
  struct Streams;

  /// The client does not have it after all, for that reason.
  void show_held_back(std::string why);

  EventConsole(EventQueue& events, const CommandCall& call, std::unique_ptr<Streams> streams);

  std::unique_ptr<Streams> streams_;
  EventQueue& events_;
  std::string confirmed_;
};

}  // namespace authzd
