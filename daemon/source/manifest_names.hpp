// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Which files of a source are manifests, and how much of them is read: the same for each source.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace authzd {

inline constexpr std::uintmax_t kMostFileBytes = 64U << 20U;  // the loader has the finer limit
inline constexpr std::size_t kMostFiles = 20'000;

inline bool is_manifest_name(std::string_view name) {
  return name.ends_with(".yaml") || name.ends_with(".yml");
}

/// Git's own files, editors' and ConfigMaps' copies.
inline bool is_hidden_name(std::string_view name) {
  return name.starts_with('.');
}

}  // namespace authzd
