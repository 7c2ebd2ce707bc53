// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/git_authors.hpp"

#include "reconciler/base/text.hpp"

#include <string>

namespace authzd {
namespace {

constexpr std::string_view kAuthor = "author ";
constexpr std::string_view kCommitter = "committer ";
constexpr std::string_view kCoAuthor = "co-authored-by:";

/// "Ada <ada@example.com>": the address; empty where there is none.
std::string_view address_in(std::string_view text) {
  const auto begin = text.rfind('<');
  const auto end = text.rfind('>');
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return {};
  return text.substr(begin + 1, end - begin - 1);
}

}  // namespace

Authors parse_git_authors(std::string_view output) {
  Authors authors;
  const auto add = [&authors](std::set<std::string>& to, std::string_view address) {
    if (address.empty()) authors.is_known = false;
    if (!address.empty()) to.insert(to_lower(address));
  };
  for (const std::string_view line : split_lines(output)) {
    if (line.empty()) continue;
    if (line.starts_with(kAuthor)) {
      add(authors.wrote, line.substr(kAuthor.size()));
    } else if (line.starts_with(kCommitter)) {
      add(authors.committed, line.substr(kCommitter.size()));
    } else if (to_lower(line).starts_with(kCoAuthor)) {
      add(authors.wrote, address_in(line));
    } else {
      authors.is_known = false;
    }
  }
  return authors;
}

}  // namespace authzd
