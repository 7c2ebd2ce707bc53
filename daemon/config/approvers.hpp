// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Whose word lets through what a rail holds (rails.approvers).
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace authzd {

struct Approvers {
  std::size_t need = 1;         // people
  bool not_the_author = false;  // of a commit since nothing was held
  /// The addresses with which each login commits, in lower case.
  std::map<unsigned, std::set<std::string>> addresses = {};

  bool operator==(const Approvers&) const = default;
};

/// Not anybody's word lets through what is held.
bool is_restricted(const Approvers& approvers);

/// Who wrote the commits that may have brought what is held.
struct Authors {
  std::set<std::string> wrote;      // addresses of authors, co-authors, signers, in lower case
  std::set<std::string> committed;  // of committers, who may be a forge's own
  bool is_known = true;             // false: nobody can say who wrote some of it

  bool operator==(const Authors&) const = default;
};

/// Those of both.
Authors merged(Authors some, const Authors& others);

/// Why this person may not approve, in one line; empty where he may. What cannot be decided is not
/// decided in his favour: a login that is not listed, an author's address that is nobody's, and
/// commits of which nobody can say who wrote them.
std::string why_not_approver(const Approvers& approvers,
                             const std::optional<unsigned>& login_uid,
                             const Authors& authors);

}  // namespace authzd
