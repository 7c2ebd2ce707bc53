// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The planner takes what the manifests want and what IAM has, and returns a plan. It is a pure
// function. The mode is a filter after the diff: it turns actions into notes, and adds none.
#pragma once

#include "reconciler/base/trusted_time.hpp"
#include "reconciler/model/assertion.hpp"
#include "reconciler/model/desired.hpp"
#include "reconciler/pattern/access_relation.hpp"
#include "reconciler/plan/inheritance.hpp"
#include "reconciler/plan/instances.hpp"
#include "reconciler/plan/ownership.hpp"
#include "reconciler/plan/pins.hpp"
#include "reconciler/plan/plan.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

enum class Mode { observe, create_only, upsert_only, sync };
enum class Adopt { never, identical, always };

std::string_view to_string(Mode mode);    // "observe", "create-only", …
std::string_view to_string(Adopt adopt);  // "never", …
std::optional<Mode> parse_mode(std::string_view text);
std::optional<Adopt> parse_adopt(std::string_view text);

/// A grant's end in the last applied revision, and since when applied revisions have had it.
struct StandingEnd {
  Timestamp at = {};
  Timestamp since = {};

  bool operator==(const StandingEnd&) const = default;
};

/// Keys whose manifests no longer say `protect`. The "!" in a marker stays in force until its time.
struct ProtectReleases {
  std::set<Key> due = {};                 // it may go, unless a manifest says it again
  std::map<Key, Timestamp> to_come = {};  // when it may go
  std::chrono::milliseconds delay = std::chrono::hours(24);  // after the revision was applied
};

using AuthorizationNames = std::set<std::string, std::less<>>;

struct PlanOptions {
  Mode mode = Mode::observe;
  Adopt adopt = Adopt::never;
  TrustedTime time = {};  // decides what has expired; in doubt, a note says so
  ProtectReleases protect_releases = {};
  Pins pins = {};                         // keys to leave alone until their grant changes
  std::vector<PolicyPattern> never = {};  // policies that are never touched, nor created
  std::map<Key, StandingEnd> ends = {};   // of the last applied revision
  /// An end counts as announced if it was unchanged for this long before it came.
  std::chrono::milliseconds announce = std::chrono::hours(24);
  /// Keys without a grant that the last applied revision gave to a document that is suspended,
  /// released, or cannot be judged: see inherited_keys().
  InheritedKeys inherited = {};
  /// The ids of instance names. A grant whose instance was not found may have these keys, and no
  /// other key of a policy that the state knows.
  KnownInstances instances = {};
  /// Keys that grants had before an instance name referred to another instance.
  std::map<Key, FormerInstance> former_instances = {};
  /// Not empty: plan only these authorizations. The others are known, but left alone.
  AuthorizationNames names = {};
  std::span<const Assertion> assertions = {};  // they outlive the call
  KnownRoleNames role_names = {};              // display names by CRN: assertions may use either

  [[nodiscard]] bool plans(std::string_view name) const {
    return names.empty() || names.contains(name);
  }
};

/// `observed` may contain any policies of the account, active or deleted, in any order.
Plan make_plan(const AccountId& account,
               std::span<const ResolvedGrant> desired,
               std::span<const Observed> observed,
               const Ownership& ownership,
               const PlanOptions& options);

/// Drops the actions that the mode does not allow. Each becomes a kept note NoteReason::mode
/// (NoteReason::expired for a grant whose end has come) that contains the action, so that the
/// difference is still shown. The caller sorts and hashes the result.
Plan filter_by_mode(Plan plan, Mode mode);

bool is_allowed(Mode mode, Verb verb);

}  // namespace authzd
