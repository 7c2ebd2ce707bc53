// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/yaml_emit.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace authzd {
namespace {

// What YAML 1.1 and 1.2 readers take for something else than a string.
constexpr std::array<std::string_view, 9> kReserved = {
    "true", "false", "yes", "no", "on", "off", "null", "y", "n"};

bool is_alpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_word_char(char c) {
  return is_alpha(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '/';
}

/// A letter first, then words with single spaces between.
bool is_plain(std::string_view text) {
  if (text.empty() || !is_alpha(text.front()) || text.back() == ' ') return false;
  if (std::ranges::find(kReserved, to_lower(text)) != kReserved.end()) return false;
  return std::ranges::all_of(text, [](char c) { return is_word_char(c) || c == ' '; });
}

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 1;
};

/// The character at the front; nothing where the bytes there are not UTF-8.
std::optional<CodePoint> decode(std::string_view text) {
  const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80U) return CodePoint{lead, 1};
  const std::size_t size = lead >= 0xf0U ? 4 : lead >= 0xe0U ? 3 : 2;
  if (lead < 0xc2U || lead > 0xf4U || text.size() < size) return std::nullopt;
  std::uint32_t value = lead & (0xffU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return std::nullopt;
    value = (value << 6U) | (byte(i) & 0x3fU);
  }
  constexpr std::array<std::uint32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = value >= 0xd800U && value <= 0xdfffU;
  if (value < kSmallest.at(size) || value > 0x10ffffU || is_surrogate) return std::nullopt;
  return CodePoint{value, size};
}

/// Controls, separators that YAML takes for line breaks, marks that turn text round, and
/// non-characters.
bool is_invisible(std::uint32_t c) {
  return c < 0x20U || (c >= 0x7fU && c <= 0xa0U) || (c >= 0x200bU && c <= 0x200fU) ||
         (c >= 0x2028U && c <= 0x202eU) || (c >= 0x2060U && c <= 0x2069U) || c == 0xfeffU ||
         (c & 0xfffeU) == 0xfffeU;
}

std::string escape(std::uint32_t c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const bool is_wide = c > 0xffffU;
  std::string out = is_wide ? "\\U" : "\\u";
  for (int shift = is_wide ? 28 : 12; shift >= 0; shift -= 4) {
    out += kHex[(c >> static_cast<unsigned>(shift)) & 0xfU];
  }
  return out;
}

}  // namespace

bool is_plain_line(std::string_view text) {
  while (!text.empty()) {
    const auto c = decode(text);
    if (!c || is_invisible(c->value)) return false;
    text.remove_prefix(c->bytes);
  }
  return true;
}

std::string yaml_string(std::string_view text) {
  if (is_plain(text)) return std::string{text};
  std::string out = "\"";
  while (!text.empty()) {
    const CodePoint c = decode(text).value_or(CodePoint{0xfffdU, 1});
    if (c.value == '"' || c.value == '\\') {
      (out += '\\') += static_cast<char>(c.value);
    } else if (is_invisible(c.value) || c.value == 0xfffdU) {
      out += escape(c.value);
    } else {
      out += text.substr(0, c.bytes);
    }
    text.remove_prefix(c.bytes);
  }
  return out + "\"";
}

}  // namespace authzd
