// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/next_page.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace authzd {
namespace {

/// A percent sign that no two hex digits follow stands for itself.
std::string percent_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    const char* digits = text.data() + i + 1;
    const bool escaped = text[i] == '%' && i + 2 < text.size() &&
                         std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2;
    decoded += escaped ? static_cast<char>(byte) : text[i];
    if (escaped) i += 2;
  }
  return decoded;
}

/// The `start` parameter of a link, for a page that names its successor only by `href`.
std::string start_in_link(std::string_view href) {
  const auto query = href.find('?');
  if (query == std::string_view::npos) return {};
  std::string_view rest = href.substr(query + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    constexpr std::string_view kStart = "start=";
    if (pair.starts_with(kStart)) return percent_decode(pair.substr(kStart.size()));
  }
  return {};
}

/// Nothing is next: the member is empty, or all of its own members are.
bool says_nothing(const Json& next) {
  if (!next.is_object()) return is_blank(next);
  return std::ranges::all_of(next, [](const Json& member) { return is_blank(member); });
}

}  // namespace

std::string next_start_of(const Json& page, Fault& fault) {
  const Json* next = find_member(page, "next");
  if (next == nullptr || says_nothing(*next)) return {};
  const auto* link = next->get_ptr<const std::string*>();
  std::string start = link == nullptr ? read_text(*next, "start", fault) : start_in_link(*link);
  if (start.empty()) start = start_in_link(text_or_empty(*next, "href"));
  if (start.empty()) fault.add("names a next page, but not where it starts");
  return start;
}

}  // namespace authzd
