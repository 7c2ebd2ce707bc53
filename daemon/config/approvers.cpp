// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/config/approvers.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>

namespace authzd {
namespace {

const std::string* first_of(const std::set<std::string>& some, const std::set<std::string>& all) {
  const auto found = std::ranges::find_if(
      some, [&all](const std::string& address) { return all.contains(address); });
  return found == some.end() ? nullptr : &*found;
}

/// An author's address that is in nobody's list; null: there is none.
const std::string* stranger(const Approvers& approvers, const std::set<std::string>& wrote) {
  const auto found = std::ranges::find_if(wrote, [&approvers](const std::string& address) {
    return std::ranges::none_of(approvers.addresses, [&address](const auto& person) {
      return person.second.contains(address);
    });
  });
  return found == wrote.end() ? nullptr : &*found;
}

}  // namespace

bool is_restricted(const Approvers& approvers) {
  return approvers.need > 1 || approvers.not_the_author;
}

Authors merged(Authors some, const Authors& others) {
  some.wrote.insert(others.wrote.begin(), others.wrote.end());
  some.committed.insert(others.committed.begin(), others.committed.end());
  some.is_known = some.is_known && others.is_known;
  return some;
}

std::string why_not_approver(const Approvers& approvers,
                             const std::optional<unsigned>& login_uid,
                             const Authors& authors) {
  if (!approvers.not_the_author) return {};
  if (!login_uid) {
    return "rails.approvers.notTheAuthor: this call comes from no login, so that nobody can say "
           "who approves; log in as yourself";
  }
  const std::string login = "login uid " + std::to_string(*login_uid);
  const auto person = approvers.addresses.find(*login_uid);
  if (person == approvers.addresses.end()) {
    return "rails.approvers.notTheAuthor: rails.approvers.people has no addresses of " + login +
           ", so that nobody can say whether it is an author's";
  }
  const std::string* own = first_of(person->second, authors.wrote);
  if (own == nullptr) own = first_of(person->second, authors.committed);
  if (own != nullptr) {
    return "rails.approvers.notTheAuthor: " + login + " is " + printable(*own) +
           ", an author of what was committed since nothing was held, or of an end that has come; "
           "another person must approve";
  }
  if (!authors.is_known) {
    return "rails.approvers.notTheAuthor: nobody knows who wrote all that was committed since "
           "nothing was held: a commit is not signed by a key of source.git.verify, the history "
           "was rewritten, it names more people than are read, the source keeps no authors, or "
           "notTheAuthor was not set at that time. Put the manifests back so that nothing is held, "
           "and commit the change again";
  }
  if (const std::string* address = stranger(approvers, authors.wrote)) {
    return "rails.approvers.notTheAuthor: the author " + printable(*address) +
           " is nobody's in rails.approvers.people, so that nobody can say whether it is " + login +
           "; add the address to the person's";
  }
  return {};
}

}  // namespace authzd
