// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Letting go of everything at once, before an uninstall: the policies stay, and are nobody's.
#pragma once

#include "reconciler/plan/ownership.hpp"
#include "reconciler/plan/plan.hpp"
#include "reconciler/plan/planner.hpp"
#include "reconciler/plan/rail_rules.hpp"

#include <span>
#include <string_view>

namespace authzd {

struct ReleaseOptions {
  std::span<const PolicyPattern> never = {};
  ProtectReleases protect_releases = {};
  std::span<const Grant> desired = {};  // by key, of the manifests in force: what says `protect`
  std::string_view which = {};  // the name of an authorization or the id of a policy; empty: all
};

/// The plan that takes the marker off every policy that is ours, whatever any manifest asks for:
/// one update each, of the description alone. What our state knows as ours and has no marker of
/// ours (any more) needs no write: a note NoteReason::released with its id says that the state may
/// forget it. What fits a pattern of `never` is not touched, and noted. What is protected stays
/// ours, a conflict NoteReason::protection: its manifest alone takes that off, and in its time.
Plan make_release_plan(const AccountId& account,
                       std::span<const Observed> observed,
                       const Ownership& ownership,
                       const ReleaseOptions& options);

}  // namespace authzd
