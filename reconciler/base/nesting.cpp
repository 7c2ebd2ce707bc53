// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/base/nesting.hpp"

#include <cstddef>

namespace authzd {

bool is_nested_deeper(std::string_view json, int most) {
  int depth = 0;
  bool is_quoted = false;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (is_quoted && c == '\\') {
      ++at;
    } else if (c == '"') {
      is_quoted = !is_quoted;
    } else if (!is_quoted && (c == '{' || c == '[')) {
      if (++depth > most) return true;
    } else if (!is_quoted && (c == '}' || c == ']')) {
      --depth;
    }
  }
  return false;
}

}  // namespace authzd
