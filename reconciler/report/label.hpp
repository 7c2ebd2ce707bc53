// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Names for manifests that nobody has named: RFC 1123 labels, made of what something is called
// elsewhere.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace authzd {

inline constexpr std::size_t kMaxLabel = 63;

/// True for 1 to 63 of [a-z0-9-], beginning and ending with a letter or digit: what may be a name.
bool is_label(std::string_view text);

/// The letters and digits of `text` in lower case, with one '-' in place of all that lies between
/// them; at most `limit` of it, and never with a '-' at its end. Empty where it has none.
std::string to_label(std::string_view text, std::size_t limit = kMaxLabel);

/// `label`, cut where it has to be, and `tail`: together at most 63.
std::string with_tail(std::string label, std::string_view tail);

}  // namespace authzd
