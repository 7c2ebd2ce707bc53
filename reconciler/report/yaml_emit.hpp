// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Writes one YAML scalar so that every parser reads it as the same string. Only plain words go
// without quotes.
#pragma once

#include <string>
#include <string_view>

namespace authzd {

/// Plain or double-quoted, on one line, for block and flow context. Bytes that are not UTF-8 become
/// U+FFFD, because YAML cannot express them.
std::string yaml_string(std::string_view text);

/// True for UTF-8 without control characters: valid in a manifest, and readable.
bool is_plain_line(std::string_view text);

}  // namespace authzd
