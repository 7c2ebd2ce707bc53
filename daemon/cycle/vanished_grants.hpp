// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Grants that a revision has lost in a way that nobody intends: in a file that was emptied, as
// during a write, in a folder that became a link, which no source follows, or in a file that is
// ignored now although it is authzd's.
#pragma once

#include "daemon/cycle/desired_loader.hpp"
#include "daemon/source/source.hpp"

#include <optional>
#include <set>
#include <string>

namespace authzd {

/// What is known about the good revision besides its grants.
struct Before {
  bool may_empty = false;              // an emptied file is intended
  std::set<std::string> ignored = {};  // files that were ignored in it, if known
};

/// Why a revision that has lost grants of `good` in such a way is refused; nothing if it has not.
std::optional<Error> vanished_grants(const Snapshot& snapshot,
                                     const Desired& desired,
                                     const GoodRevision& good,
                                     const Before& before);

}  // namespace authzd
