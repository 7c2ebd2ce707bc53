// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The real clock and the real random numbers.
#pragma once

#include "daemon/net/clock.hpp"

#include <random>

namespace authzd {

class SystemClock final : public Clock {
 public:
  Timestamp now() const override;
  std::chrono::steady_clock::time_point ticks() const override;
  boost::asio::awaitable<void> sleep(std::chrono::milliseconds duration) override;
};

class SystemRandomness final : public Randomness {
 public:
  double next01() override;
  std::string hex(std::size_t digits) override;

 private:
  std::random_device device_;
};

}  // namespace authzd
