// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/http_grammar.hpp"

#include <algorithm>
#include <cstddef>

namespace authzd {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_token_char(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return is_digit(c) || is_letter(c) || kMarks.find(c) != std::string_view::npos;
}

bool is_value_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return c == '\t' || (byte >= 0x20 && byte != 0x7f);
}

/// RFC 3986: reg-name, which an IPv4 address is too.
bool is_name(std::string_view text) {
  constexpr std::string_view kMarks = "-._~!$&'()*+,;=";
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (is_digit(c) || is_letter(c) || kMarks.find(c) != std::string_view::npos) continue;
    const auto code = text.substr(at + 1, 2);
    if (c != '%' || code.size() < 2 || !std::ranges::all_of(code, is_hex_digit)) return false;
    at += 2;
  }
  return true;
}

/// The text between the brackets of an IPv6 address.
bool is_bracketed_address(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return is_hex_digit(c) || c == ':' || c == '.'; });
}

/// Removes the longest token at the front; false if there is none.
bool take_token(std::string_view& text) {
  const auto end = std::ranges::find_if_not(text, is_token_char);
  const auto size = static_cast<std::size_t>(end - text.begin());
  text.remove_prefix(size);
  return size > 0;
}

/// Removes a quoted string at the front; false if it does not end.
bool take_quoted(std::string_view& text) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (!is_value_char(text[at])) return false;
    if (text[at] == '\\') {
      ++at;
      if (at == text.size() || !is_value_char(text[at])) return false;
    } else if (text[at] == '"') {
      text.remove_prefix(at + 1);
      return true;
    }
  }
  return false;
}

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_char);
}

bool is_field_value(std::string_view text) {
  return std::ranges::all_of(text, is_value_char);
}

bool is_target(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_host(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos || !is_bracketed_address(text.substr(1, end - 1))) {
      return false;
    }
    text.remove_prefix(end + 1);
  } else {
    const auto end = std::min(text.find(':'), text.size());
    // A port without a host is invalid.
    if (!is_name(text.substr(0, end)) || (end == 0 && !text.empty())) return false;
    text.remove_prefix(end);
  }
  return text.empty() || (text.front() == ':' && std::ranges::all_of(text.substr(1), is_digit));
}

bool is_field_line(std::string_view line) {
  const auto colon = line.find(':');
  return colon != std::string_view::npos && is_token(line.substr(0, colon)) &&
         is_field_value(line.substr(colon + 1));
}

bool is_chunk_extension(std::string_view text) {
  while (!text.empty()) {
    if (text.front() != ';') return false;
    text.remove_prefix(1);
    if (!take_token(text)) return false;
    if (!text.starts_with('=')) continue;
    text.remove_prefix(1);
    const bool is_quoted = text.starts_with('"');
    if (!(is_quoted ? take_quoted(text) : take_token(text))) return false;
  }
  return true;
}

}  // namespace authzd
