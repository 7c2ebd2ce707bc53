// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A file of the source that names accounts (kind Fleet). It says what an account is called, and
// what manifests may ask of it; how it authenticates, its paths and its rails are the
// configuration's alone.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/manifest/diagnostic.hpp"
#include "reconciler/manifest/source_file.hpp"
#include "reconciler/model/account_traits.hpp"
#include "reconciler/plan/planner.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace authzd {

inline constexpr std::size_t kMaxFleet = 2'000;  // accounts in a file

struct FleetEntry {
  AccountTraits traits;
  AccountId id;
  Mode mode = Mode::observe;  // an entry that says nothing is observed
  bool is_removed = false;    // it shall leave: nothing of ours may stay in it
  std::string profile = {};   // of a discovered one: the id of the profile to assume

  bool operator==(const FleetEntry&) const = default;
};

struct FleetOutcome {
  std::vector<FleetEntry> entries;  // in the order of the file; only if !has_errors(diagnostics)
  std::vector<Diagnostic> diagnostics;  // sorted
};

FleetOutcome load_fleet(const SourceFile& file);

}  // namespace authzd
