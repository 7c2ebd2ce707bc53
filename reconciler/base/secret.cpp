// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/base/secret.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>

namespace authzd {

void Secret::wipe() noexcept {
  volatile char* bytes = text_.data();
  for (std::size_t i = 0; i < text_.size(); ++i) bytes[i] = '\0';
  text_.clear();
}

namespace {

constexpr std::size_t kShortestValue = 6;
constexpr std::size_t kShortestWord = 32;
constexpr std::array<std::string_view, 7> kNames = {
    "apikey", "api_key", "api-key", "token", "secret", "password", "passphrase"};

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The characters of API keys, base64 and JSON web tokens.
bool is_word_char(char c) {
  return is_upper(c) || is_lower(c) || is_digit(c) || c == '-' || c == '_' || c == '+' || c == '=';
}

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

bool ends_value(char c) {
  constexpr std::string_view kEnds = " \t\r\n\"',;&}]";
  return kEnds.find(c) != std::string_view::npos;
}

std::size_t run_end(std::string_view text, std::size_t at, bool (*belongs)(char)) {
  while (at < text.size() && belongs(text[at])) ++at;
  return at;
}

void mask(std::string& text, std::size_t begin, std::size_t end) {
  std::fill(text.begin() + static_cast<std::ptrdiff_t>(begin),
            text.begin() + static_cast<std::ptrdiff_t>(end),
            '*');
}

/// The start of the value after a name that ends at `at`; npos: none.
std::size_t value_after(std::string_view text, std::size_t at) {
  if (at < text.size() && (text[at] == '"' || text[at] == '\'')) ++at;
  at = run_end(text, at, is_blank);
  if (at >= text.size() || (text[at] != ':' && text[at] != '=')) return std::string_view::npos;
  at = run_end(text, at + 1, is_blank);
  return at < text.size() && (text[at] == '"' || text[at] == '\'') ? at + 1 : at;
}

void mask_named_values(std::string& text) {
  const std::string lower = to_lower(text);
  for (const std::string_view name : kNames) {
    for (auto at = lower.find(name); at != std::string::npos; at = lower.find(name, at + 1)) {
      const std::size_t begin = value_after(text, at + name.size());
      if (begin == std::string::npos) continue;
      std::size_t end = begin;
      while (end < text.size() && !ends_value(text[end])) ++end;
      if (end - begin >= kShortestValue) mask(text, begin, end);
    }
  }
}

/// Masks in URLs: a user with a password, or a token instead, and all of a webhook URL that is a
/// secret.
void mask_urls(std::string& text) {
  constexpr std::string_view kWebhook = "hooks.slack.com/";
  for (auto at = text.find("://"); at != std::string::npos; at = text.find("://", at + 1)) {
    const std::size_t begin = at + 3;
    const std::size_t end = std::min(text.find_first_of(" \t\r\n\"',;}]", begin), text.size());
    const std::size_t slash = std::min(text.find('/', begin), end);
    const auto user_end = slash == begin ? std::string::npos : text.rfind('@', slash - 1);
    if (user_end != std::string::npos && user_end >= begin) mask(text, begin, user_end);
  }
  for (auto at = text.find(kWebhook); at != std::string::npos; at = text.find(kWebhook, at + 1)) {
    const std::size_t begin = at + kWebhook.size();
    mask(text, begin, std::min(text.find_first_of(" \t\r\n\"',;}]", begin), text.size()));
  }
}

void mask_words(std::string& text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t end = run_end(text, at, is_word_char);
    const std::string_view word = std::string_view(text).substr(at, end - at);
    if (word.size() >= kShortestWord && std::ranges::any_of(word, is_upper) &&
        std::ranges::any_of(word, is_lower) && std::ranges::any_of(word, is_digit)) {
      mask(text, at, end);
    }
    at = end;
  }
}

}  // namespace

std::string without_secrets(std::string_view text) {
  std::string safe(text);
  mask_named_values(safe);
  mask_urls(safe);
  mask_words(safe);
  return safe;
}

}  // namespace authzd
