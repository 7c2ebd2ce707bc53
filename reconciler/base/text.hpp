// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Small text helpers that more than one module needs.
#pragma once

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

/// Splits at '\n'; a final newline makes no empty last line.
std::vector<std::string_view> split_lines(std::string_view text);

/// "1 policy", "3 policies": the plural is spelt out by the caller.
std::string count_of(std::size_t n, std::string_view one, std::string_view many);

/// The candidate nearest to `word` (case is ignored), if any is near enough to have been meant.
std::optional<std::string> did_you_mean(std::string_view word,
                                        std::span<const std::string_view> candidates);

/// Text from outside made safe for a terminal and a log line: what is_unsafe() names and invalid
/// UTF-8 become "\xNN", so that no remote text can forge a line, move the cursor or hide itself.
std::string printable(std::string_view text);

/// printable() in double quotes, with '"' and '\\' escaped by a backslash.
std::string quote(std::string_view text);

/// A value as it stands where it cannot be taken for the text around it; quote() where it has
/// anything but letters, digits and "._:/*?@+-%", or is empty.
std::string quote_value(std::string_view value);

/// A JSON document with all that is_unsafe() names written as \uNNNN, line breaks between its
/// tokens left alone: it stays the same document, and is safe to show.
std::string json_safe(std::string_view json);

/// Appends the length of `part` and `part`: no two lists of parts give the same text.
void append_part(std::string& out, std::string_view part);

}  // namespace authzd
