// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Small text helpers that several modules need.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

std::string to_lower(std::string_view text);  // ASCII only
bool iequals(std::string_view a, std::string_view b);
std::string_view trim(std::string_view text);  // ASCII white space on both ends
std::string join(std::span<const std::string> parts, std::string_view separator);

/// At most `most` bytes from the front, and no part of a character in UTF-8.
std::string_view whole_characters(std::string_view text, std::size_t most);

/// Splits at '\n'; a final newline makes no empty last line.
std::vector<std::string_view> split_lines(std::string_view text);

/// "1 policy", "3 policies": the caller passes the plural.
std::string count_of(std::size_t n, std::string_view one, std::string_view many);

/// The candidate most similar to `word` (ignoring case), if it is similar enough.
std::optional<std::string> did_you_mean(std::string_view word,
                                        std::span<const std::string_view> candidates);

/// Makes external text safe for a terminal and a log line: the characters of is_unsafe() and
/// invalid UTF-8 become "\xNN", so that no remote text can forge a line, move the cursor or hide
/// itself.
std::string printable(std::string_view text);

/// printable() in double quotes, with '"' and '\\' escaped by a backslash.
std::string quote(std::string_view text);

/// The value itself if it cannot be confused with the text around it; quote() if it is empty or has
/// anything but letters, digits and "._:/*?@+-%".
std::string quote_value(std::string_view value);

/// A JSON document with the characters of is_unsafe() as \uNNNN; line breaks between its tokens
/// stay. The document is equivalent, and safe to show.
std::string json_safe(std::string_view json);

/// Appends the length of `part` and `part`: different lists of parts never give the same text.
void append_part(std::string& out, std::string_view part);

/// The word as a shell reads it: printable, and in single quotes if necessary.
std::string shell_word(std::string_view word);

/// True if brackets are nested deeper than `most`: check it before parsing, because each level uses
/// the parser's stack. Brackets in strings do not count. The parser reports invalid JSON.
bool is_nested_deeper(std::string_view json, int most);

inline constexpr std::size_t kMaxLabel = 63;  // characters of an RFC 1123 label

/// True for 1 to 63 of [a-z0-9-], beginning and ending with a letter or digit: a valid name.
bool is_label(std::string_view text);

/// The letters and digits of `text` in lower case, with one '-' for everything between them; at
/// most `limit` characters, never with a '-' at the end. Empty if there are none.
std::string to_label(std::string_view text, std::size_t limit = kMaxLabel);

/// `label`, truncated if necessary, and `tail`: together at most 63.
std::string with_tail(std::string label, std::string_view tail);

}  // namespace authzd
