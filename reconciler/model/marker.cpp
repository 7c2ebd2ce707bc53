// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/model/marker.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>

namespace authzd {
namespace {

constexpr std::string_view kOpen = "(authzd: ";
constexpr std::size_t kHashLength = 12;
constexpr std::size_t kLongestName = 63;
// "owner/name#hash!" and the bracket. A longer text is not a marker; searching to its end for each
// of many opening brackets would take quadratic time.
constexpr std::size_t kLongestMarker = 2 * kLongestName + kHashLength + 4;

/// What a character may be part of.
enum MarkerChar : unsigned char { in_ends = 1, in_name = 2, in_hash = 4 };

constexpr std::array<unsigned char, 256> marker_chars() {
  std::array<unsigned char, 256> classes{};
  for (unsigned c = '0'; c <= '9'; ++c) classes[c] = in_ends | in_name | in_hash;
  for (unsigned c = 'a'; c <= 'z'; ++c) classes[c] = in_ends | in_name | (c <= 'f' ? in_hash : 0);
  classes[static_cast<unsigned char>('-')] = in_name;
  classes[static_cast<unsigned char>('.')] = in_name;
  return classes;
}

constexpr auto kMarkerChars = marker_chars();

bool is(MarkerChar which, char c) {
  return (kMarkerChars[static_cast<unsigned char>(c)] & which) != 0;
}

bool are_all(MarkerChar which, std::string_view text) {
  return std::all_of(text.begin(), text.end(), [which](char c) { return is(which, c); });
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName && is(in_ends, text.front()) &&
         is(in_ends, text.back()) && are_all(in_name, text);
}

bool is_hash(std::string_view text) {
  return text.size() == kHashLength && are_all(in_hash, text);
}

/// The parts of the text between "(authzd: " and ")"; its text stays empty.
std::optional<PlainDescription> split_marker(std::string_view inside) {
  PlainDescription marker;
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
  return valid ? std::optional(marker) : std::nullopt;
}

std::optional<Marker> parse_marker(std::string_view inside) {
  const auto parts = split_marker(inside);
  if (!parts) return std::nullopt;
  return Marker{std::string(parts->owner),
                std::string(parts->name),
                std::string(parts->hash12),
                parts->is_protected};
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

std::optional<PlainDescription> plain_description(std::string_view description) {
  const std::size_t open = description.find(kOpen);
  if (open == std::string_view::npos) return std::nullopt;
  const std::string_view rest = description.substr(open + kOpen.size());
  const std::string_view inside = inside_of(rest);
  if (inside.size() + 1 != rest.size()) return std::nullopt;
  auto plain = split_marker(inside);
  if (!plain) return std::nullopt;
  plain->text = trim(description.substr(0, open));
  const std::size_t blanks = plain->text.empty() ? 0 : 1;
  plain->is_to_the_letter = description.starts_with(plain->text) &&
                            plain->text.size() + blanks == open &&
                            (blanks == 0 || description[open - 1] == ' ');
  return plain;
}

bool may_be_protected(std::string_view description) {
  return description.find("!)") != std::string_view::npos;
}

std::string render_description(const PlainDescription& parts) {
  std::string out;
  out.reserve(parts.text.size() + 1 + kOpen.size() + parts.owner.size() + parts.name.size() +
              kHashLength + 4);
  out += parts.text;
  if (!out.empty()) out += ' ';
  out += kOpen;
  out += parts.owner;
  out += '/';
  out += parts.name;
  out += '#';
  out += parts.hash12;
  out += parts.is_protected ? "!)" : ")";
  return out;
}

std::string render_description(std::string_view text, const std::optional<Marker>& marker) {
  if (!marker) return std::string(text);
  return render_description(
      {text, marker->owner, marker->name, marker->hash12, marker->is_protected});
}

bool is_rendering(std::string_view description, const PlainDescription& parts) {
  const auto takes = [&description](std::string_view part) {
    const bool is_next = description.starts_with(part);
    if (is_next) description.remove_prefix(part.size());
    return is_next;
  };
  return takes(parts.text) && (parts.text.empty() || takes(" ")) && takes(kOpen) &&
         takes(parts.owner) && takes("/") && takes(parts.name) && takes("#") &&
         takes(parts.hash12) && (!parts.is_protected || takes("!")) && description == ")";
}

bool is_owner_name(std::string_view text) {
  return is_name(text);
}

}  // namespace authzd
