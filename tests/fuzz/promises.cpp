// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/fuzz/promises.hpp"

#include "reconciler/base/unicode.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <iostream>

namespace authzd::fuzz {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool may_be_secret(std::string_view word) {
  return std::ranges::all_of(word, [](char c) { return is_digit(c) || is_letter(c); }) &&
         std::ranges::any_of(word, is_digit) && std::ranges::any_of(word, is_letter);
}

}  // namespace

void promise(bool holds, std::string_view what) {
  if (holds) return;
  std::cerr << "promise broken: " << what << std::endl;
  std::abort();
}

void promise_showable(std::string_view text, std::string_view what) {
  while (!text.empty()) {
    const CodePoint next = first_code_point(text);
    promise(next.is_valid() && (next.value == '\n' || !is_unsafe(next.value)), what);
    text.remove_prefix(next.bytes);
  }
}

void promise_secret(std::string_view shown, std::string_view secret) {
  constexpr std::size_t kShortest = 8;
  for (std::size_t at = 0; at + kShortest <= shown.size(); ++at) {
    const auto word = shown.substr(at, kShortest);
    if (!may_be_secret(word)) continue;
    promise(secret.find(word) == std::string_view::npos, "an error shows nothing of a secret");
  }
}

std::string_view take_line(std::string_view& input) {
  const auto line = input.substr(0, input.find('\n'));
  input.remove_prefix(std::min(input.size(), line.size() + 1));
  return line;
}

char take_byte(std::string_view& input) {
  if (input.empty()) return 0;
  const char first = input.front();
  input.remove_prefix(1);
  return first;
}

std::vector<std::string_view> pieces(std::string_view text, std::string_view sizes) {
  if (sizes.empty()) return {text};
  std::vector<std::string_view> found;
  for (std::size_t i = 0; !text.empty(); ++i) {
    const auto size = std::max<std::size_t>(static_cast<unsigned char>(sizes[i % sizes.size()]), 1);
    found.push_back(text.substr(0, size));
    text.remove_prefix(std::min(size, text.size()));
  }
  return found;
}

std::vector<std::string_view> parts(std::string_view text, char border) {
  std::vector<std::string_view> found;
  while (true) {
    const auto part = text.substr(0, text.find(border));
    found.push_back(part);
    if (part.size() == text.size()) return found;
    text.remove_prefix(part.size() + 1);
  }
}

}  // namespace authzd::fuzz
