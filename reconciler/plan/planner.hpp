// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The planner: what the manifests want and what IAM has, in; a plan, out. It is a pure function.
#pragma once

#include "reconciler/base/time.hpp"
#include "reconciler/model/desired.hpp"
#include "reconciler/plan/ownership.hpp"
#include "reconciler/plan/pins.hpp"
#include "reconciler/plan/plan.hpp"
#include "reconciler/plan/rail_rules.hpp"

#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <vector>

namespace authzd {

enum class Mode { observe, create_only, upsert_only, sync };
enum class Adopt { never, identical, always };

std::string_view to_string(Mode mode);    // "observe", "create-only", …
std::string_view to_string(Adopt adopt);  // "never", …
std::optional<Mode> parse_mode(std::string_view text);
std::optional<Adopt> parse_adopt(std::string_view text);

struct PlanOptions {
  Mode mode = Mode::observe;
  Adopt adopt = Adopt::never;
  Timestamp now = {};                   // decides what has expired
  std::set<Key> protect_releases = {};  // whose "!" may go, unless the manifest still says protect
  Pins pins = {};                       // keys to leave alone until their grant is another
  std::vector<PolicyPattern> never = {};  // policies that are never touched, nor made
  /// False while the host's clock differs from IAM's by more than 5 min: then a grant whose end
  /// seems to have come is neither kept nor taken away, and a note says so.
  bool clock_is_trusted = true;
};

/// `observed` may hold any policies of the account, active or deleted, in any order.
Plan make_plan(const AccountId& account,
               std::span<const ResolvedGrant> desired,
               std::span<const Observed> observed,
               const Ownership& ownership,
               const PlanOptions& options);

}  // namespace authzd
