// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Text that tries to move a cursor, forge a line or hide itself. No output for people may contain
// it. Taken from Unicode's tables, independently of the program's table.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace authzd::test {

inline constexpr std::array<std::string_view, 34> kHostile = {
    "\x1b[2J",           // ESC: a terminal's commands
    "\x07",              // BEL
    "\x08",              // backspace
    "\r",                // to the start of the line
    "\x7f",              // DEL
    "\xc2\x85",          // U+0085 next line
    "\xc2\x9b",          // U+009B the C1 form of ESC [
    "\xc2\xad",          // U+00AD soft hyphen
    "\xcd\x8f",          // U+034F combining grapheme joiner
    "\xd8\x9c",          // U+061C Arabic letter mark
    "\xe1\x85\x9f",      // U+115F Hangul filler
    "\xe1\xa0\x8e",      // U+180E Mongolian vowel separator
    "\xe2\x80\x8b",      // U+200B zero width space
    "\xe2\x80\x8c",      // U+200C zero width non-joiner
    "\xe2\x80\x8d",      // U+200D zero width joiner
    "\xe2\x80\x8e",      // U+200E left-to-right mark
    "\xe2\x80\x8f",      // U+200F right-to-left mark
    "\xe2\x80\xa8",      // U+2028 line separator
    "\xe2\x80\xa9",      // U+2029 paragraph separator
    "\xe2\x80\xaa",      // U+202A left-to-right embedding
    "\xe2\x80\xae",      // U+202E right-to-left override
    "\xe2\x81\xa0",      // U+2060 word joiner
    "\xe2\x81\xa4",      // U+2064 invisible plus
    "\xe2\x81\xa6",      // U+2066 left-to-right isolate
    "\xe2\x81\xaf",      // U+206F nominal digit shapes
    "\xe3\x85\xa4",      // U+3164 Hangul filler
    "\xef\xb8\x8f",      // U+FE0F variation selector 16
    "\xef\xbb\xbf",      // U+FEFF byte order mark
    "\xef\xbe\xa0",      // U+FFA0 halfwidth Hangul filler
    "\xef\xbf\xb9",      // U+FFF9 interlinear annotation anchor
    "\xef\xbf\xbe",      // U+FFFE non-character
    "\xf3\xa0\x80\x81",  // U+E0001 language tag
    "\xf3\xa0\x81\xa1",  // U+E0061 tag small letter a
    "\xf3\xa0\x84\x80",  // U+E0100 variation selector 17
};

/// All of it in one text, and a line that looks like a plan.
inline std::string hostile_text() {
  std::string text = "x";
  for (const std::string_view each : kHostile) text += std::string(each) + "x";
  return text + "\nPlan: 0 to create, 0 to update, 0 to delete; 0 held, 0 conflicts, 0 unmanaged.";
}

/// The first of them that `output` contains unescaped; empty: none.
inline std::string_view find_hostile(std::string_view output) {
  for (const std::string_view each : kHostile) {
    if (output.find(each) != std::string_view::npos) return each;
  }
  return {};
}

}  // namespace authzd::test
