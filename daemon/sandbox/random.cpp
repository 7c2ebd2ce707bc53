// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/sandbox/random.hpp"

namespace authzd::sandbox {

double SeededRandomness::next01() {
  // 53 bits: the precision of a double. std::uniform_real_distribution differs between libraries.
  return static_cast<double>(engine_() >> 11U) * 0x1.0p-53;
}

std::string SeededRandomness::hex(std::size_t digits) {
  std::string text;
  for (std::uint64_t bits = 0; text.size() < digits; bits >>= 4U) {
    if (text.size() % 16 == 0) bits = engine_();
    text += "0123456789abcdef"[bits & 0xFU];
  }
  return text;
}

}  // namespace authzd::sandbox
