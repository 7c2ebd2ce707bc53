// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Grants that a revision has lost in a way that nobody means: a file that was emptied, as one that
// is being written is, a folder that became a link, which no source follows, and a file that is
// ignored now, though it is authzd's.
#pragma once

#include "daemon/run/desired_loader.hpp"
#include "daemon/source/source.hpp"

#include <optional>

namespace authzd {

/// Why a revision that has lost grants of `good` in such a way is refused; nothing where it has
/// not. `may_empty`: a file that was emptied is meant so.
std::optional<Error> vanished_grants(const Snapshot& snapshot,
                                     const Desired& desired,
                                     const GoodRevision& good,
                                     bool may_empty);

}  // namespace authzd
