// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Checks the bytes of a YAML file before parsing: only UTF-8 text without control characters
// passes, because yaml-cpp guesses encodings and treats some control characters as the end of the
// file.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace authzd {

/// The text without byte order mark and with line feeds instead of CR LF.
std::string normalise_line_ends(std::string_view bytes);

struct BadByte {
  std::size_t offset = 0;
  std::string message;
  std::string hint = "a YAML file is UTF-8 text";
};

/// The first byte of normalised text that no YAML file may contain, or where YAML parsers disagree
/// whether a line ends.
std::optional<BadByte> find_bad_byte(std::string_view text);

/// Code points of valid UTF-8.
std::size_t count_characters(std::string_view text);

/// The start of the next line after `begin` that begins with "---" or "...", or the end of the
/// text. Such a line ends a document anywhere, even within quotes and brackets.
std::size_t document_end(std::string_view text, std::size_t begin);

/// The start of the document that contains `offset`.
std::size_t document_begin(std::string_view text, std::size_t offset);

/// Whether a document names a version of our API, in any YAML style, and no other API, except in
/// the apiVersion of a List around it. Any other document is a foreign file: its lines may contain
/// anything, even a key, and are never shown.
bool is_our_document(std::string_view document);

/// The usual cause of a parser's message about the place at `offset`; empty if unknown.
std::string syntax_hint(std::string_view text, std::size_t offset, std::string_view message);

}  // namespace authzd
