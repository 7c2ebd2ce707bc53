// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/yaml_values.hpp"

#include <algorithm>
#include <initializer_list>

namespace authzd {
namespace {

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

bool is_prefixed_integer(std::string_view text) {
  const bool hex = text.starts_with("0x");
  if (!hex && !text.starts_with("0o")) return false;
  return text.size() > 2 &&
         text.find_first_not_of(hex ? "0123456789abcdefABCDEF" : "01234567", 2) == text.npos;
}

/// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_decimal(std::string_view text) {
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  const std::size_t whole = skip_digits(text, at);
  std::size_t digits = whole - at;
  at = whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = skip_digits(text, at + 1);
    digits += fraction - at - 1;
    at = fraction;
  }
  if (digits == 0) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    const std::size_t exponent = skip_digits(text, at);
    if (exponent == at) return false;
    at = exponent;
  }
  return at == text.size();
}

bool is_special_float(std::string_view text) {
  if (is_one_of(text, {".nan", ".NaN", ".NAN"})) return true;
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return is_one_of(text, {".inf", ".Inf", ".INF"});
}

}  // namespace

PlainType plain_type(std::string_view text) {
  if (is_one_of(text, {"true", "True", "TRUE", "false", "False", "FALSE"}))
    return PlainType::boolean;
  if (is_one_of(text,
                {"yes",
                 "Yes",
                 "YES",
                 "no",
                 "No",
                 "NO",
                 "on",
                 "On",
                 "ON",
                 "off",
                 "Off",
                 "OFF",
                 "y",
                 "Y",
                 "n",
                 "N"})) {
    return PlainType::old_boolean;
  }
  const bool number = is_decimal(text) || is_prefixed_integer(text) || is_special_float(text);
  return number ? PlainType::number : PlainType::text;
}

}  // namespace authzd
