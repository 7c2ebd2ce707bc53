// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What an account is to enforce, and why that is not the newest revision: what DesiredLoader finds.
#pragma once

#include "daemon/config/approvers.hpp"
#include "daemon/cycle/rollout_gate.hpp"
#include "reconciler/base/commit.hpp"
#include "reconciler/base/error.hpp"
#include "reconciler/manifest/diagnostic.hpp"
#include "reconciler/model/desired.hpp"
#include "reconciler/model/instance.hpp"
#include "reconciler/plan/asserted.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace authzd {

/// A revision that was loaded without an error.
struct GoodRevision {
  std::string revision;
  Desired desired;
  std::string digest;  // of the text: with other paths the same commit has another
  /// Compared with the previous good revision, as far as this process knows.
  std::vector<AssertionChange> lost_assertions = {};
  /// The ids of its instance names when it was accepted, as far as the state did not have them.
  KnownInstances located = {};
  Commit commit = {};  // without a link; only as far as known
  /// Set: the account's wave has not come, and of this revision only what narrows is carried out.
  std::optional<RolloutWait> narrows = {};
};

/// A revision of thousands of grants is stored once, and shared by all who use it.
using SharedRevision = std::shared_ptr<const GoodRevision>;

/// Why the newest revision is not enforced.
struct Refusal {
  std::string revision;  // empty: the source could not tell which is the newest
  Error error;
  std::vector<Diagnostic> diagnostics;  // of the loader, if the loader refused it
  Authors authors = {};  // of the revision, beyond those in the state, if they matter
};

struct Intent {
  SharedRevision good;               // what to enforce; null: there never was one
  std::optional<Refusal> refusal;    // of the newest revision, if that is not `good`
  std::vector<Diagnostic> warnings;  // about `good`
  std::size_t ignored = 0;           // files that .authzdignore excluded from it, if known
  /// For look(): the authors of `good` that the state does not have yet, if they matter.
  Authors authors = {};
  /// The newest revision waits for the account's wave; `good` is the one before it, or that one as
  /// far as it narrows.
  std::optional<RolloutWait> wait = {};
};

}  // namespace authzd
