// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/yaml_text.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>

namespace authzd {
namespace {

unsigned byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
}

/// The length of the well-formed UTF-8 sequence at `at` (RFC 3629); 0 if there is none.
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const unsigned lead = byte_at(text, at);
  const unsigned next = byte_at(text, at + 1);
  if (lead < 0x80) return 1;
  std::size_t length = 0;
  if (lead >= 0xC2 && lead <= 0xDF) length = 2;
  if (lead >= 0xE0 && lead <= 0xEF) length = 3;
  if (lead >= 0xF0 && lead <= 0xF4) length = 4;
  if (lead == 0xE0 && next < 0xA0) return 0;  // overlong
  if (lead == 0xED && next > 0x9F) return 0;  // surrogate
  if (lead == 0xF0 && next < 0x90) return 0;  // overlong
  if (lead == 0xF4 && next > 0x8F) return 0;  // past U+10FFFF
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte_at(text, at + i) & 0xC0U) != 0x80U) return 0;
  }
  return length;
}

bool is_forbidden_control(unsigned byte) {
  return (byte < 0x20 && byte != '\t' && byte != '\n') || byte == 0x7F;
}

/// YAML 1.1 ends a line there, and so a comment; YAML 1.2 does not.
std::optional<BadByte> disputed_break(std::string_view character, std::size_t at) {
  constexpr std::array<std::array<std::string_view, 2>, 3> kBreaks = {
      {{"\xC2\x85", "U+0085"}, {"\xE2\x80\xA8", "U+2028"}, {"\xE2\x80\xA9", "U+2029"}}};
  for (const auto& [bytes, name] : kBreaks) {
    if (character != bytes) continue;
    return BadByte{at,
                   "the character " + std::string(name) +
                       ", which some readers of YAML take for the end of a line, and others do not",
                   "take it out"};
  }
  return std::nullopt;
}

std::string shown(char byte) {
  return printable(std::string_view(&byte, 1));
}

/// Of the line that begins at `at`.
bool is_border(std::string_view text, std::size_t at) {
  const std::string_view line = text.substr(at);
  if (!line.starts_with("---") && !line.starts_with("...")) return false;
  return line.size() == 3 || line[3] == '\n' || line[3] == ' ' || line[3] == '\t';
}

/// The text after a key's colon; none if it is empty.
std::optional<std::string_view> value_behind(std::string_view rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t\"'"), rest.size()));
  if (!rest.starts_with(':')) return std::nullopt;
  rest.remove_prefix(1);
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t\"'"), rest.size()));
  return rest;
}

/// Exactly "v1", not a longer text that begins with it.
bool is_list_version(std::string_view value) {
  return value.starts_with("v1") &&
         (value.size() == 2 || std::string_view(" \t\n,}\"'").find(value[2]) != value.npos);
}

bool indents_by_tab(std::string_view text, std::size_t offset) {
  const std::size_t begin = text.rfind('\n', offset == 0 ? 0 : offset - 1);
  const std::size_t first = begin == std::string_view::npos ? 0 : begin + 1;
  const std::size_t indent = std::min(text.find_first_not_of(" \t", first), text.size());
  return text.substr(first, indent - first).find('\t') != std::string_view::npos;
}

}  // namespace

std::string normalise_line_ends(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  std::string text(bytes);
  if (bytes.find('\r') == std::string_view::npos) return text;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == '\r' && i + 1 < bytes.size() && bytes[i + 1] == '\n') continue;
    text[kept++] = bytes[i];
  }
  text.resize(kept);
  return text;
}

std::optional<BadByte> find_bad_byte(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = sequence_length(text, at);
    if (length == 0) return BadByte{at, "invalid UTF-8: the byte " + shown(text[at])};
    if (is_forbidden_control(byte_at(text, at))) {
      return BadByte{at, "control character " + shown(text[at])};
    }
    if (auto disputed = disputed_break(text.substr(at, length), at)) return disputed;
    at += length;
  }
  return std::nullopt;
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::size_t document_end(std::string_view text, std::size_t begin) {
  for (std::size_t at = text.find('\n', begin); at != std::string_view::npos;
       at = text.find('\n', at + 1)) {
    if (is_border(text, at + 1)) return at + 1;
  }
  return text.size();
}

std::size_t document_begin(std::string_view text, std::size_t offset) {
  std::string_view before = text.substr(0, offset);
  for (std::size_t at = before.rfind('\n'); at != std::string_view::npos; at = before.rfind('\n')) {
    if (is_border(text, at + 1)) return at + 1;
    before = before.substr(0, at);
  }
  return 0;
}

bool is_our_document(std::string_view document) {
  constexpr std::string_view kKey = "apiVersion";
  // A List's own apiVersion comes before its items; a later one is not counted as such.
  const std::size_t items = document.find("items");
  bool is_named = false;
  for (std::size_t at = document.find(kKey); at != std::string_view::npos;
       at = document.find(kKey, at + 1)) {
    const auto version = value_behind(document.substr(at + kKey.size()));
    if (!version) continue;
    const bool is_ours = version->starts_with("authzd/");
    const bool is_list = at < items && items != document.npos && is_list_version(*version);
    if (!is_ours && !is_list) return false;
    is_named = is_named || is_ours;
  }
  return is_named;
}

std::string syntax_hint(std::string_view text, std::size_t offset, std::string_view message) {
  if (indents_by_tab(text, offset)) return "indent with spaces: YAML does not allow tabs there";
  if (message == "illegal map value") return "a value that holds \": \" has to be in quotes";
  if (message == "end of map not found" || message == "end of sequence not found") {
    return "this does not go on with what is above: look at the indentation, and for text behind a "
           "value";
  }
  return {};
}

}  // namespace authzd
