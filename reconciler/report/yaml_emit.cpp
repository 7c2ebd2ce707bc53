// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/yaml_emit.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/base/unicode.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace authzd {
namespace {

// Words that YAML 1.1 and 1.2 parsers do not read as strings.
constexpr std::array<std::string_view, 9> kReserved = {
    "true", "false", "yes", "no", "on", "off", "null", "y", "n"};

constexpr std::uint32_t kReplacement = 0xfffdU;

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

/// A YAML parser or an editor may change NEL, the no-break space and the soft hyphen.
bool must_be_escaped(const CodePoint& c) {
  return !c.is_valid() || is_unsafe(c.value) || c.value == 0xA0U;
}

}  // namespace

bool is_plain_line(std::string_view text) {
  while (!text.empty()) {
    const CodePoint c = first_code_point(text);
    if (must_be_escaped(c)) return false;
    text.remove_prefix(c.bytes);
  }
  return true;
}

std::string yaml_string(std::string_view text) {
  if (is_plain(text)) return std::string{text};
  std::string out = "\"";
  while (!text.empty()) {
    const CodePoint c = first_code_point(text);
    if (c.value == '"' || c.value == '\\') {
      (out += '\\') += static_cast<char>(c.value);
    } else if (must_be_escaped(c)) {
      out += quoted_escape(c.is_valid() ? c.value : kReplacement);
    } else {
      out += text.substr(0, c.bytes);
    }
    text.remove_prefix(c.bytes);
  }
  return out + "\"";
}

}  // namespace authzd
