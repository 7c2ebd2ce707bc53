// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/git_authors.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <string>

namespace authzd {
namespace {

constexpr std::string_view kAuthor = "author ";
constexpr std::string_view kCommitter = "committer ";
constexpr std::string_view kCoAuthor = "co-authored-by:";
constexpr std::string_view kSigned = "signed ";
constexpr std::string_view kGoodSignature = "GU";  // U: by a key that no other key certifies
// Each is stored, and compared with each approver: a longer list is only an attack.
constexpr std::size_t kMostAuthors = 500;

/// "Ada <ada@example.com>": the address; empty if there is none.
std::string_view address_in(std::string_view text) {
  const auto begin = text.rfind('<');
  const auto end = text.rfind('>');
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return {};
  return text.substr(begin + 1, end - begin - 1);
}

/// "G Ada <ada@example.com>": git's verdict as a letter, and the signer.
void add_verdict(std::string_view verdict, Authors& authors) {
  const bool is_good = verdict.size() > 1 && verdict[1] == ' ' &&
                       kGoodSignature.find(verdict.front()) != std::string_view::npos;
  add_signer(is_good ? verdict.substr(2) : std::string_view(), authors);
}

}  // namespace

void add_signer(std::string_view signer, Authors& authors) {
  const std::string_view address = address_in(signer);
  if (!address.empty()) {
    authors.wrote.insert(to_lower(address));
    return;
  }
  for (std::string_view rest = signer;;) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    const std::string_view principal = trim(rest.substr(0, end));
    const bool names_one =
        !principal.empty() && principal.find_first_of("*?! \t") == std::string_view::npos;
    if (names_one) authors.wrote.insert(to_lower(principal));
    if (!names_one) authors.is_known = false;
    if (end == rest.size()) break;
    rest.remove_prefix(end + 1);
  }
}

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
    } else if (line.starts_with(kSigned)) {
      add_verdict(line.substr(kSigned.size()), authors);
    } else {
      authors.is_known = false;
    }
    if (authors.wrote.size() + authors.committed.size() > kMostAuthors) return {{}, {}, false};
  }
  return authors;
}

}  // namespace authzd
