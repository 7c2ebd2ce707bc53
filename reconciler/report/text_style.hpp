// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// How text for people looks where it goes.
#pragma once

#include <cstddef>

namespace authzd {

struct TextStyle {
  bool colour = false;    // by symbol
  std::size_t width = 0;  // columns that lines are folded to; 0: never, as for a pipe

  bool operator==(const TextStyle&) const = default;
};

}  // namespace authzd
