// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/never.hpp"

#include <algorithm>

namespace authzd {

const PolicyPattern* find_never(std::span<const PolicyPattern> never,
                                const PolicyContent& content) {
  const auto found = std::find_if(never.begin(), never.end(), [&](const PolicyPattern& pattern) {
    return fits(content, pattern);
  });
  return found == never.end() ? nullptr : &*found;
}

}  // namespace authzd
