// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/model/marker.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>

namespace authzd {
namespace {

constexpr std::string_view kOpen = "(authzd: ";
constexpr std::size_t kHashLength = 12;
constexpr std::size_t kLongestName = 63;
// "owner/name#hash!" and the bracket. A longer text is not a marker; searching to its end for each
// of many opening brackets would take quadratic time.
constexpr std::size_t kLongestMarker = 2 * kLongestName + kHashLength + 4;

bool is_lower_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName && is_lower_alnum(text.front()) &&
         is_lower_alnum(text.back()) && std::all_of(text.begin(), text.end(), [](char c) {
           return is_lower_alnum(c) || c == '-' || c == '.';
         });
}

bool is_hash(std::string_view text) {
  return text.size() == kHashLength && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

/// Parses the text between "(authzd: " and ")".
std::optional<Marker> parse_marker(std::string_view inside) {
  Marker marker;
  if (inside.ends_with('!')) {
    marker.is_protected = true;
    inside.remove_suffix(1);
  }
  const std::size_t slash = inside.find('/');
  const std::size_t hash = inside.rfind('#');
  if (slash == std::string_view::npos || hash == std::string_view::npos || hash < slash) {
    return std::nullopt;
  }
  marker.owner = inside.substr(0, slash);
  marker.name = inside.substr(slash + 1, hash - slash - 1);
  marker.hash12 = inside.substr(hash + 1);
  const bool valid = is_name(marker.owner) && is_name(marker.name) && is_hash(marker.hash12);
  return valid ? std::optional(std::move(marker)) : std::nullopt;
}

/// The text before the next bracket, if that is near enough to end a marker; else empty.
std::string_view inside_of(std::string_view rest) {
  const std::size_t close = rest.substr(0, kLongestMarker).find(')');
  return close == std::string_view::npos ? std::string_view() : rest.substr(0, close);
}

/// The markers in the text, and what is left without them: that may hold another one, which had
/// one inside it.
Description parse_once(std::string_view description) {
  Description result;
  std::string text;
  while (!description.empty()) {
    const std::size_t open = description.find(kOpen);
    if (open == std::string_view::npos) break;
    const std::string_view inside = inside_of(description.substr(open + kOpen.size()));
    if (auto marker = parse_marker(inside)) {
      if (result.marker && *result.marker != *marker) result.rivals.push_back(*result.marker);
      result.marker = std::move(marker);
      text += description.substr(0, open);
      while (text.ends_with(' ')) text.pop_back();
      description.remove_prefix(open + kOpen.size() + inside.size() + 1);
    } else {  // not a marker: plain text
      text += description.substr(0, open + kOpen.size());
      description.remove_prefix(open + kOpen.size());
    }
  }
  result.text = trim(text + std::string(description));
  return result;
}

/// No marker can be read from it any more.
std::string without_openings(std::string text) {
  const std::string_view word = trim(kOpen);
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at)) {
    text.erase(at, word.size());
    at -= std::min(at, word.size());  // what is left may form another one
  }
  return std::string(trim(text));
}

}  // namespace

Description parse_description(std::string_view description) {
  constexpr int kMostNested = 8;  // somebody's game; each takes a pass over the text
  Description result = parse_once(description);
  for (int depth = 1; result.marker; ++depth) {
    Description inner = parse_once(result.text);
    if (!inner.marker) break;
    inner.rivals.push_back(*inner.marker);
    std::erase(inner.rivals, *result.marker);
    result.rivals.insert(result.rivals.end(), inner.rivals.begin(), inner.rivals.end());
    result.text = depth < kMostNested ? std::move(inner.text) : without_openings(inner.text);
  }
  return result;
}

bool may_be_protected(std::string_view description) {
  return description.find("!)") != std::string_view::npos;
}

std::string render_description(std::string_view text, const std::optional<Marker>& marker) {
  std::string out(text);
  if (!marker) return out;
  if (!out.empty()) out += ' ';
  out += std::string(kOpen) + marker->owner + "/" + marker->name + "#" + marker->hash12;
  if (marker->is_protected) out += '!';
  return out + ")";
}

bool is_owner_name(std::string_view text) {
  return is_name(text);
}

}  // namespace authzd
