// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/trace/text_units.hpp"

#include "reconciler/model/attribute.hpp"

#include <algorithm>

namespace authzd {
namespace {

constexpr std::size_t kGuid = 36;
constexpr std::size_t kShortestHex = 8;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f');
}

bool is_word_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80U;
}

bool joins(char c) {
  constexpr std::string_view kSigns = "._+@-";
  return kSigns.find(c) != std::string_view::npos;
}

/// The unit is not part of a longer one.
bool stands_alone(std::string_view run, std::size_t at, std::size_t size) {
  const bool begins = at == 0 || !is_word_char(run[at - 1]);
  return begins && (at + size == run.size() || !is_word_char(run[at + size]));
}

/// The length of the GUID or the hex number at that position; 0: there is none.
std::size_t hex_at(std::string_view run, std::size_t at) {
  if (run.size() - at >= kGuid && is_guid(run.substr(at, kGuid)) && stands_alone(run, at, kGuid)) {
    return kGuid;
  }
  std::size_t size = 0;
  bool has_digit = false;
  while (at + size < run.size() && is_hex_digit(run[at + size])) {
    has_digit = has_digit || is_digit(run[at + size]);
    ++size;
  }
  return size >= kShortestHex && has_digit && stands_alone(run, at, size) ? size : 0;
}

/// Four numbers of up to three digits.
std::size_t ipv4_size(std::string_view text) {
  std::size_t at = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0) {
      if (at >= text.size() || text[at] != '.') return 0;
      ++at;
    }
    const std::size_t begin = at;
    while (at < text.size() && at - begin < 3 && is_digit(text[at])) ++at;
    if (at == begin) return 0;
  }
  const bool goes_on =
      at < text.size() && (is_word_char(text[at]) || text[at] == '-' ||
                           (text[at] == '.' && at + 1 < text.size() && is_word_char(text[at + 1])));
  return goes_on ? 0 : at;
}

/// Groups of up to four hex digits with colons between them. A time of day has no "::", no letter
/// and fewer groups.
std::size_t ipv6_size(std::string_view text) {
  std::size_t at = 0;
  std::size_t group = 0;
  int colons = 0;
  bool is_surely = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == ':') {
      is_surely = is_surely || (at > 0 && text[at - 1] == ':');
      group = 0;
      ++colons;
      continue;
    }
    const bool is_letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (!is_letter && !is_digit(c)) break;
    is_surely = is_surely || (is_letter && colons > 1);
    if (++group > 4) return 0;
  }
  while (at > 0 && text[at - 1] == ':' && (at < 2 || text[at - 2] != ':')) --at, --colons;
  const bool goes_on = at < text.size() && is_word_char(text[at]);
  return !goes_on && colons >= 2 && (is_surely || colons == 7) ? at : 0;
}

}  // namespace

std::string_view run_in_front(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size()) {
    const bool goes_on =
        is_word_char(text[end]) ||
        (end > 0 && joins(text[end]) && end + 1 < text.size() && is_word_char(text[end + 1]));
    if (!goes_on) break;
    ++end;
  }
  return text.substr(0, end);
}

std::string_view address_in_front(std::string_view text) {
  if (text.empty() || (!is_word_char(text.front()) && text.front() != ':')) return {};
  return text.substr(0, std::max(ipv4_size(text), ipv6_size(text)));
}

bool is_address(std::string_view text) {
  return !text.empty() && address_in_front(text).size() == text.size();
}

std::vector<TextUnit> units_of(std::string_view run) {
  std::vector<TextUnit> units;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < run.size();) {
    const bool may_begin = at == 0 || !is_word_char(run[at - 1]);
    const std::size_t size = may_begin ? hex_at(run, at) : 0;
    if (size == 0) {
      ++at;
      continue;
    }
    if (at > begin) units.push_back({run.substr(begin, at - begin)});
    units.push_back({run.substr(at, size), true});
    at += size;
    begin = at;
  }
  if (begin < run.size()) units.push_back({run.substr(begin)});
  return units;
}

}  // namespace authzd
