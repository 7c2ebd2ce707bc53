// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The type of a plain scalar. YAML 1.2's core schema decides. The words that only YAML 1.1 reads as
// booleans are distinguished, so that a manifest means the same to every tool.
#pragma once

#include <string_view>

namespace authzd {

enum class PlainType {
  text,
  boolean,      // true, false
  number,       // 5, 1.0, 0x1F, .inf
  old_boolean,  // yes, no, on, off, y, n
};

PlainType plain_type(std::string_view text);

}  // namespace authzd
