// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/next_page.hpp"

#include "reconciler/base/encoding.hpp"

#include <algorithm>
#include <string_view>

namespace authzd {
namespace {

/// The `start` parameter of a link, for a page that gives its successor only by `href`.
std::string start_in_link(std::string_view href) {
  const auto query = href.find('?');
  if (query == std::string_view::npos) return {};
  std::string_view rest = href.substr(query + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    constexpr std::string_view kStart = "start=";
    if (pair.starts_with(kStart)) return percent_decoded(pair.substr(kStart.size()));
  }
  return {};
}

/// There is no next page: the member is empty, or all of its own members are.
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
