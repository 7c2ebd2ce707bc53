// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Admits one log line per minute: for events that a stranger can trigger at will.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

namespace authzd {

class LogLimiter {
 public:
  /// The number of lines dropped since the last admitted one; none: drop this one, too.
  std::optional<std::size_t> admit(std::chrono::steady_clock::time_point now) {
    if (last_ && now - *last_ < std::chrono::minutes(1)) {
      ++left_out_;
      return std::nullopt;
    }
    last_ = now;
    return std::exchange(left_out_, 0);
  }

 private:
  std::optional<std::chrono::steady_clock::time_point> last_;
  std::size_t left_out_ = 0;
};

}  // namespace authzd
