// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// How deep JSON is nested, before it is parsed: each level costs the parser's stack.
#pragma once

#include <string_view>

namespace authzd {

/// Whether brackets stand in each other more than `most` times. Brackets in texts do not count. Of
/// what is no JSON the parser tells.
bool is_nested_deeper(std::string_view json, int most);

}  // namespace authzd
