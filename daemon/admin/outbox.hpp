// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Frames on their way to a client, in order, so that a command never waits for a terminal. What a
// client does not read is kept up to a limit.
#pragma once

#include "daemon/admin/frame.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <deque>

namespace authzd {

class Outbox {
 public:
  explicit Outbox(const boost::asio::any_io_executor& executor);

  /// Adds bytes; small pieces of the same kind become one frame, long ones several. After the limit
  /// or a failure they are dropped: the client is gone, or as good as gone.
  void add(FrameKind kind, std::string_view bytes);

  /// Nothing more will be added.
  void finish();

  /// Writes what is added until all is sent after finish(), or a write fails or takes longer than
  /// `patience`. The stream is closed then. It outlives the call.
  boost::asio::awaitable<void> send_to(ByteStream& stream, std::chrono::milliseconds patience);

 private:
  void wake();

  boost::asio::steady_timer changed_;
  std::deque<Frame> frames_;
  std::size_t size_ = 0;  // of all payloads
  bool is_finished_ = false;
  bool has_failed_ = false;
};

}  // namespace authzd
