// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Hints for loops over thousands of values that are scattered in memory: such a loop spends its
// time in waiting for memory, unless it asks for it some steps ahead. A hint changes no result, and
// its address need not be valid.
#pragma once

#include <cstddef>
#include <string>

namespace authzd {

inline constexpr std::size_t kCacheLine = 64;

inline void prefetch(const void* at) {
  __builtin_prefetch(at);
}

/// The `bytes` that begin there, at most 16 lines of the cache.
inline void prefetch(const void* at, std::size_t bytes) {
  constexpr std::size_t kMost = 16 * kCacheLine;
  const char* const begin = static_cast<const char*>(at);
  for (std::size_t offset = 0; offset < bytes && offset < kMost; offset += kCacheLine) {
    __builtin_prefetch(begin + offset);
  }
}

/// The text; the string itself is read.
inline void prefetch_text(const std::string& text) {
  prefetch(text.data(), text.size());
}

}  // namespace authzd
