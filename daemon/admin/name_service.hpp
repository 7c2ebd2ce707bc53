// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Entries of users and groups, whose size is unknown before they are read: a group comes with all
// of its members.
#pragma once

#include <cerrno>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <vector>

namespace authzd {

inline constexpr std::size_t kLargestEntry = 16U << 20U;

/// What `take` makes of an entry; nothing where there is none, it cannot be found out, or it is
/// larger than 16 MiB. `look_up` is getpwuid_r, getgrnam_r or one of their kind, with the name or
/// number bound; it is called again with a larger buffer for as long as it says ERANGE. Blocks.
template <class Entry, class LookUp, class Take>
std::optional<std::invoke_result_t<Take, const Entry&>> read_entry(LookUp look_up, Take take) {
  for (std::size_t size = 4096; size <= kLargestEntry; size *= 4) {
    std::vector<char> buffer(size);
    Entry entry{};
    Entry* found = nullptr;
    const int failed = look_up(&entry, buffer.data(), buffer.size(), &found);
    if (failed == ERANGE) continue;
    if (failed != 0 || found == nullptr) return std::nullopt;
    return take(*found);
  }
  return std::nullopt;
}

}  // namespace authzd
