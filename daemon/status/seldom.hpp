// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Lets a log line through once a minute: for what a stranger can provoke as often as they like.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

namespace authzd {

class Seldom {
 public:
  /// How many were left out since the last that was let through; none: leave this one out, too.
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
