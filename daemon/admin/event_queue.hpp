// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Events on their way to a client, in order, so that a command never waits for a terminal. What the
// clients have not read is kept up to a limit for all of them together.
#pragma once

#include "daemon/admin/command_event.hpp"
#include "daemon/net/async.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

namespace authzd {

class EventQueue;

/// What all clients have not read yet. Over the limit, the client that has left the most is given
/// up, and no other.
class UnreadEvents {
 public:
  /// More than the plan of the largest account, and little enough for the daemon's memory.
  static constexpr std::size_t kMost = 64U << 20U;

  explicit UnreadEvents(std::size_t most = kMost) : most_(most) {}

 private:
  friend class EventQueue;

  void settle();

  std::size_t most_;
  std::size_t total_ = 0;
  std::vector<EventQueue*> queues_;
};

class EventQueue {
 public:
  /// `unread` must outlive it.
  EventQueue(const boost::asio::any_io_executor& executor, UnreadEvents& unread);
  EventQueue(const EventQueue&) = delete;
  EventQueue& operator=(const EventQueue&) = delete;
  ~EventQueue();

  /// Adds an event; texts of the same kind are joined, and long ones divided. Progress replaces
  /// progress that has not been taken. Nothing is added
  /// after finish(), or once the client is given up.
  void add(CommandEvent event);

  /// Drops what was added and not taken.
  void clear();

  /// Gives what was added and not taken to another queue. Where this one was given up, that one is.
  void move_to(EventQueue& other);

  /// Nothing more will be added.
  void finish();

  [[nodiscard]] bool is_finished() const { return is_finished_; }

  /// Some of the lines, as soon as there is one; empty after the last. Errors: unavailable (the
  /// client was given up). Cancellation: safe.
  Async<std::string> next();

 private:
  friend class UnreadEvents;

  void drop_last_progress();
  void add_text(EventKind kind, std::string_view text);
  void give_up();

  UnreadEvents& unread_;
  boost::asio::steady_timer changed_;
  std::deque<CommandEvent> events_;
  std::size_t size_ = 0;  // of all texts
  bool is_finished_ = false;
  bool is_given_up_ = false;
};

}  // namespace authzd
