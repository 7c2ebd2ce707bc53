// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Grants that a revision has lost in a way that nobody means: a file that was emptied, as one that
// is being written is, a folder that became a link, which no source follows, and a file that is
// ignored now, though it is authzd's.
#pragma once

#include "daemon/cycle/desired_loader.hpp"
#include "daemon/source/source.hpp"

#include <optional>
#include <set>
#include <string>

namespace authzd {

/// What is known beside the good revision's grants.
struct Before {
  bool may_empty = false;              // a file that was emptied is meant so
  std::set<std::string> ignored = {};  // files that were ignored with it, as far as known
};

/// Why a revision that has lost grants of `good` in such a way is refused; nothing where it has
/// not.
std::optional<Error> vanished_grants(const Snapshot& snapshot,
                                     const Desired& desired,
                                     const GoodRevision& good,
                                     const Before& before);

}  // namespace authzd
