// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/trace/query_text.hpp"

#include "reconciler/trace/treatment.hpp"

#include <charconv>

namespace authzd {
namespace {

bool is_unreserved(char c) {
  constexpr std::string_view kSigns = "-._~";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kSigns.find(c) != std::string_view::npos;
}

}  // namespace

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    const char* digits = text.data() + i + 1;
    const bool escaped = text[i] == '%' && i + 2 < text.size() &&
                         std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2;
    const char plain = text[i] == '+' ? ' ' : text[i];
    decoded += escaped ? static_cast<char>(byte) : plain;
    if (escaped) i += 2;
  }
  return decoded;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (is_unreserved(c)) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += kHex[byte / 16U];
    encoded += kHex[byte % 16U];
  }
  return encoded;
}

QueryPairs parse_query(std::string_view text) {
  QueryPairs pairs;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    const auto equals = std::min(pair.find('='), pair.size());
    const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    pairs.emplace_back(percent_decoded(pair.substr(0, equals)), percent_decoded(value));
  }
  return pairs;
}

std::string to_query(const QueryPairs& pairs) {
  std::string text;
  for (const auto& [name, value] : pairs) {
    if (!text.empty()) text += '&';
    text += percent_encoded(name) + "=" + percent_encoded(value);
  }
  return text;
}

QueryPairs hidden_query(const Pseudonyms& pseudonyms, const QueryPairs& pairs) {
  QueryPairs made;
  for (const auto& [name, value] : pairs) {
    made.emplace_back(pseudonyms.name(name), treated(pseudonyms, treatment_of(name), value));
  }
  return made;
}

}  // namespace authzd
