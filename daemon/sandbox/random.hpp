// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Reproducible random numbers: the same seed gives the same ids.
#pragma once

#include "daemon/net/clock.hpp"

#include <cstdint>
#include <random>

namespace authzd::sandbox {

class SeededRandomness final : public Randomness {
 public:
  explicit SeededRandomness(std::uint64_t seed) : engine_(seed) {}

  double next01() override;
  std::string hex(std::size_t digits) override;

 private:
  std::mt19937_64 engine_;
};

}  // namespace authzd::sandbox
