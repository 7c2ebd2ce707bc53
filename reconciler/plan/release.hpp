// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Releases all policies at once, before an uninstall: the policies stay, and have no owner.
#pragma once

#include "reconciler/model/assertion.hpp"
#include "reconciler/plan/ownership.hpp"
#include "reconciler/plan/plan.hpp"
#include "reconciler/plan/planner.hpp"

#include <span>
#include <string_view>

namespace authzd {

struct ReleaseOptions {
  std::span<const PolicyPattern> never = {};
  ProtectReleases protect_releases = {};
  std::span<const Grant> desired = {};  // of the manifests in force, sorted by key
  bool are_manifests_known = false;     // false: `desired` is empty, and what is wanted is unknown
  TrustedTime time = {};                // decides what has expired
  std::string_view which = {};  // the id of a policy or the name of an authorization; empty: all
};

/// The plan that removes the marker from every policy that is ours, whatever the manifests say: one
/// update each, of the description alone. A policy that our state knows as ours but that has no
/// marker needs no write: a note NoteReason::released with its id says that the state may forget
/// it. A policy that matches a pattern of `never` is not touched, and noted. A protected policy
/// stays ours, with a conflict NoteReason::protection: only its manifest can end the protection,
/// after its time.
///
/// A name releases the policies of the document that has it now. What another document left behind
/// under this name is not released with it: a conflict NoteReason::not_desired. If no document has
/// the name, it releases all that carry it. A released policy that no grant wants any more is noted
/// with the same reason: it would have been deleted.
Plan make_release_plan(const AccountId& account,
                       std::span<const Observed> observed,
                       const Ownership& ownership,
                       const ReleaseOptions& options);

}  // namespace authzd
