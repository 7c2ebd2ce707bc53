// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Names for manifests that have none: RFC 1123 labels, derived from other names.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace authzd {

inline constexpr std::size_t kMaxLabel = 63;

/// True for 1 to 63 of [a-z0-9-], beginning and ending with a letter or digit: a valid name.
bool is_label(std::string_view text);

/// The letters and digits of `text` in lower case, with one '-' for everything between them; at
/// most `limit` characters, never with a '-' at the end. Empty if there are none.
std::string to_label(std::string_view text, std::size_t limit = kMaxLabel);

/// `label`, truncated if necessary, and `tail`: together at most 63.
std::string with_tail(std::string label, std::string_view tail);

}  // namespace authzd
