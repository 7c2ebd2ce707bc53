// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Frames on their way to a client, in order, so that a command never waits for a terminal. What the
// clients do not read is kept up to a limit for all of them together.
#pragma once

#include "daemon/admin/frame.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <vector>

namespace authzd {

class Outbox;

/// What all clients have not read yet. Where it is too much, the client that has left the most is
/// given up, and no other.
class Unread {
 public:
  /// More than the plan of the largest account, and little enough for the daemon's memory.
  static constexpr std::size_t kMost = 64U << 20U;

  explicit Unread(std::size_t most = kMost) : most_(most) {}

 private:
  friend class Outbox;

  void settle();

  std::size_t most_;
  std::size_t total_ = 0;
  std::vector<Outbox*> boxes_;
};

class Outbox {
 public:
  /// `unread` must outlive it.
  Outbox(const boost::asio::any_io_executor& executor, Unread& unread);
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;
  ~Outbox();

  /// Adds bytes; small pieces of the same kind become one frame, long ones several. After the limit
  /// or a failure they are dropped: the client is gone, or as good as gone.
  void add(FrameKind kind, std::string_view bytes);

  /// Nothing more will be added.
  void finish();

  /// Writes what is added until all is sent after finish(), or a write fails or takes longer than
  /// `patience`. The stream is closed then. It outlives the call.
  boost::asio::awaitable<void> send_to(ByteStream& stream, std::chrono::milliseconds patience);

 private:
  friend class Unread;

  void give_up();
  void wake();

  Unread& unread_;
  boost::asio::steady_timer changed_;
  std::deque<Frame> frames_;
  std::size_t size_ = 0;  // of all payloads
  bool is_finished_ = false;
  bool has_failed_ = false;
};

}  // namespace authzd
