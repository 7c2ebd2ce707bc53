// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The commit that a file of accounts was read from, as one of its accounts sees it.
#pragma once

#include "reconciler/base/error.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace authzd {

class FleetLook;

/// Labels and parameters are those of one commit, and no other is loaded with them: a label that a
/// commit renames in the file and in the documents that select by it would delete what it selects.
struct FleetRevision {
  std::string file;              // its name in the source
  std::uint64_t generation = 0;  // of the entry: another one has another
  std::string revision = {};     // the newest one with this entry; empty: not known
  std::string refused = {};      // a later one whose file cannot be used; empty: there is none
  Error why = {};                // of `refused`
  std::shared_ptr<FleetLook> look = {};  // null: the file is read once
};

}  // namespace authzd
