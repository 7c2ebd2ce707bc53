// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Who may approve what a rail holds (rails.approvers).
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

/// Only some people may approve what is held.
bool is_restricted(const Approvers& approvers);

/// The authors of the commits that may have caused a hold.
struct Authors {
  std::set<std::string> wrote;      // addresses of authors, co-authors, signers, in lower case
  std::set<std::string> committed;  // of committers, which may be a forge's own address
  bool is_known = true;             // false: the authors of some commits are unknown

  bool operator==(const Authors&) const = default;
};

/// The union of both.
Authors merged(Authors some, const Authors& others);

/// Why this person may not approve, in one line; empty if they may. In case of doubt they may not:
/// with a login that is not listed, an author's address that belongs to nobody, or commits with
/// unknown authors.
std::string why_not_approver(const Approvers& approvers,
                             const std::optional<unsigned>& login_uid,
                             const Authors& authors);

}  // namespace authzd
