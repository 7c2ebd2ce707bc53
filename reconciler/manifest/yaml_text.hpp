// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The bytes of a YAML file before a parser sees them: only UTF-8 text without control characters
// goes on, because yaml-cpp guesses encodings and takes some control characters for the end of
// file.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace authzd {

/// The text without byte order mark and with plain line feeds for CR LF.
std::string normalise_line_ends(std::string_view bytes);

struct BadByte {
  std::size_t offset = 0;
  std::string message;
  std::string hint = "a YAML file is UTF-8 text";
};

/// The first byte of normalised text that no YAML file may hold, or where readers of YAML disagree
/// on whether a line ends.
std::optional<BadByte> find_bad_byte(std::string_view text);

/// Code points of valid UTF-8.
std::size_t count_characters(std::string_view text);

/// Where the next line after `begin` begins that starts with "---" or "...", or the text ends. Such
/// a line is the border of a document wherever it stands, inside of quotes and brackets too.
std::size_t document_end(std::string_view text, std::size_t begin);

/// Where the document that holds `offset` begins.
std::size_t document_begin(std::string_view text, std::size_t offset);

/// Whether a document names a version of our API, in whatever style of YAML, and no other's, the
/// apiVersion of a List around it excepted. What does not is somebody else's file: its lines may
/// hold anything, a key too, and are shown to nobody.
bool is_our_document(std::string_view document);

/// What usually is behind a parser's message about the place at `offset`; empty where that is open.
std::string syntax_hint(std::string_view text, std::size_t offset, std::string_view message);

}  // namespace authzd
