// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/base/unicode.hpp"

#include <algorithm>
#include <array>

namespace authzd {
namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

/// Sorted. From Unicode 15: General_Category Cc, Cf, Zl, Zp, and Default_Ignorable_Code_Point.
constexpr std::array kUnsafe = {
    Range{0x0000, 0x001F},    // C0
    Range{0x007F, 0x009F},    // DEL and C1
    Range{0x00AD, 0x00AD},    // soft hyphen
    Range{0x034F, 0x034F},    // combining grapheme joiner
    Range{0x0600, 0x0605},    // Arabic number signs
    Range{0x061C, 0x061C},    // Arabic letter mark
    Range{0x06DD, 0x06DD},    // Arabic end of ayah
    Range{0x070F, 0x070F},    // Syriac abbreviation mark
    Range{0x0890, 0x0891},    // Arabic pound and piastre mark
    Range{0x08E2, 0x08E2},    // Arabic disputed end of ayah
    Range{0x115F, 0x1160},    // Hangul fillers
    Range{0x17B4, 0x17B5},    // Khmer inherent vowels
    Range{0x180B, 0x180F},    // Mongolian selectors and vowel separator
    Range{0x200B, 0x200F},    // zero width characters, direction marks
    Range{0x2028, 0x202E},    // line and paragraph separator, embeddings and overrides
    Range{0x2060, 0x206F},    // word joiner, invisible operators, isolates
    Range{0x3164, 0x3164},    // Hangul filler
    Range{0xD800, 0xDFFF},    // surrogates
    Range{0xFDD0, 0xFDEF},    // non-characters
    Range{0xFE00, 0xFE0F},    // variation selectors
    Range{0xFEFF, 0xFEFF},    // byte order mark
    Range{0xFFA0, 0xFFA0},    // Hangul filler
    Range{0xFFF0, 0xFFFB},    // unassigned ignorables, interlinear annotation
    Range{0x110BD, 0x110BD},  // Kaithi number sign
    Range{0x110CD, 0x110CD},  // Kaithi number sign above
    Range{0x13430, 0x1343F},  // Egyptian hieroglyph format controls
    Range{0x1BCA0, 0x1BCA3},  // shorthand format controls
    Range{0x1D173, 0x1D17A},  // musical format controls
    Range{0xE0000, 0xE0FFF},  // tags, variation selectors supplement
};

bool is_non_character(std::uint32_t code_point) {
  return (code_point & 0xFFFEU) == 0xFFFEU || code_point > 0x10FFFF;
}

/// The length in bytes of the sequence that starts with `lead`; 0: none does.
std::size_t sequence_length(std::uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  return lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
}

}  // namespace

CodePoint first_code_point(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::size_t length = sequence_length(byte(0));
  if (length == 0 || text.size() < length) return {};
  if (length == 1) return {byte(0), 1};
  std::uint32_t value = byte(0) & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {};
    value = (value << 6U) | (byte(i) & 0x3FU);
  }
  constexpr std::array<std::uint32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kSmallest.at(length) || value > 0x10FFFF || is_surrogate) return {};
  return {value, length};
}

bool is_unsafe(std::uint32_t code_point) {
  const auto after = std::ranges::upper_bound(kUnsafe, code_point, {}, &Range::first);
  const bool is_listed = after != kUnsafe.begin() && code_point <= std::prev(after)->last;
  return is_listed || is_non_character(code_point);
}

std::string quoted_escape(std::uint32_t code_point) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const bool is_wide = code_point > 0xffffU;
  std::string out = is_wide ? "\\U" : "\\u";
  for (int shift = is_wide ? 28 : 12; shift >= 0; shift -= 4) {
    out += kHex[(code_point >> static_cast<unsigned>(shift)) & 0xfU];
  }
  return out;
}

}  // namespace authzd
