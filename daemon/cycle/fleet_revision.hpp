// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The commit that a file of accounts was read from, as the accounts of that file see it.
#pragma once

#include "reconciler/base/error.hpp"

#include <optional>
#include <string>

namespace authzd {

/// Labels and parameters are those of one commit, and no other is loaded with them: a label that a
/// commit renames in the file and in the documents that select by it would delete what it selects.
struct FleetRevision {
  std::string file;        // its name in the source
  std::string revision;    // the newest one whose file says what the accounts have
  std::string refused;     // a later one whose file cannot be used; empty: there is none
  Error why = {};          // of `refused`
};

}  // namespace authzd
