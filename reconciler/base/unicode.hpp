// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// UTF-8 read one character at a time, and which characters are invisible. The only place that
// decides what every output must escape.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace authzd {

/// The character at the front of a text. Bytes that are not well-formed UTF-8 are read one at a
/// time and have no value.
struct CodePoint {
  static constexpr std::uint32_t kInvalid = 0xFFFFFFFF;

  std::uint32_t value = kInvalid;
  std::size_t bytes = 1;

  [[nodiscard]] bool is_valid() const { return value != kInvalid; }
};

/// `text` must not be empty. Overlong forms, surrogates and values above U+10FFFF are invalid.
CodePoint first_code_point(std::string_view text);

/// True for characters that could move a cursor, start a new line, change the writing direction or
/// hide text: Unicode's Cc, Cf, Zl and Zp, everything "default ignorable" (zero width characters,
/// variation selectors, tags), surrogates and non-characters.
bool is_unsafe(std::uint32_t code_point);

/// "\u200b" or "\U000e0001", as YAML and HCL write a character in double quotes.
std::string quoted_escape(std::uint32_t code_point);

}  // namespace authzd
