// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The planning half of a cycle: observe → resolve → plan → rails. It is only ever given a
// PolicyReader, so that it cannot write: a dry run is this half and no more. Nor does it change the
// state: what it finds out is in its result.
#pragma once

#include "daemon/run/desired_loader.hpp"
#include "daemon/run/recollection.hpp"
#include "daemon/run/role_look_up.hpp"
#include "reconciler/plan/plan.hpp"
#include "reconciler/report/wording.hpp"

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace authzd {

/// What the look at IAM says that the state does not know yet.
struct Findings {
  std::map<PolicyId, PolicyOrigin> ours;  // another witness says so
  std::vector<PolicyId> gone;             // known as ours, and no more
  std::vector<PolicyId> released;  // known as ours, without a marker, and its grant lets it go
  std::vector<Key> ended_pins;
};

struct Planned {
  Plan plan;
  std::string revision;  // of the manifests that the plan is for
  TokenIdentity identity;
  RoleNames role_names;      // display names by CRN, as far as looked up
  std::size_t policies = 0;  // that IAM holds
  std::set<PolicyId> ids;    // theirs, of a plan for a revision
  Findings findings;
  std::chrono::milliseconds clock_skew{0};  // our clock minus IAM's
};

/// Beyond this much between our clock and IAM's, no expiry is acted on (design §6).
inline constexpr std::chrono::minutes kMaxClockSkew{5};

[[nodiscard]] bool is_clock_trusted(std::chrono::milliseconds skew);

/// `approved`: what is let through besides what the state says: hashes of holds or plans, and what
/// approvals_of() gave. Errors: those of observe, resolve_roles and the state.
Async<Planned> plan_account(ReadingContext context,
                            SharedRevision good,
                            std::set<std::string> approved);

/// The plan that takes the marker off every policy of ours (`authzd release --all`). The count
/// rails are not asked: whoever says so has been shown the plan. Errors: those of observe and the
/// state.
Async<Planned> plan_release(ReadingContext context);

}  // namespace authzd
