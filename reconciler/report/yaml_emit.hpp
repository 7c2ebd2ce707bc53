// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One YAML scalar, written so that every reader takes it for the string that it is. Only what is
// plainly a word goes without quotes.
#pragma once

#include <string>
#include <string_view>

namespace authzd {

/// Plain or double-quoted, on one line, for block and flow context. Bytes that are not UTF-8, which
/// YAML cannot hold, become U+FFFD.
std::string yaml_string(std::string_view text);

/// True for UTF-8 without control characters: what a manifest can say and a reader can see.
bool is_plain_line(std::string_view text);

}  // namespace authzd
