// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Which files of a source are manifests, and how much of them is read: equal for all sources.
#pragma once

#include "reconciler/base/text.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace authzd {

inline constexpr std::uintmax_t kMostFileBytes = 64U << 20U;  // the loader has a stricter limit
inline constexpr std::size_t kMostFiles = 20'000;

/// Ignores case.
inline bool is_manifest_name(std::string_view name) {
  const auto ends_with = [name](std::string_view end) {
    return name.size() >= end.size() && iequals(name.substr(name.size() - end.size()), end);
  };
  return ends_with(".yaml") || ends_with(".yml");
}

/// Git's own files, copies of editors and ConfigMaps.
inline bool is_hidden_name(std::string_view name) {
  return name.starts_with('.');
}

}  // namespace authzd
