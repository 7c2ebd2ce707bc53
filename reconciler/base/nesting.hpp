// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The nesting depth of JSON, checked before parsing: each level uses the parser's stack.
#pragma once

#include <string_view>

namespace authzd {

/// True if brackets are nested deeper than `most`. Brackets in strings do not count. The parser
/// reports invalid JSON.
bool is_nested_deeper(std::string_view json, int most);

}  // namespace authzd
