// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The planner: what the manifests want and what IAM has, in; a plan, out. It is a pure function.
#pragma once

#include "reconciler/model/desired.hpp"
#include "reconciler/plan/plan.hpp"

#include <set>
#include <span>
#include <string>
#include <vector>

namespace authzd {

enum class Mode { observe, create_only, upsert_only, sync };
enum class Adopt { never, identical, always };

std::string_view to_string(Mode mode);    // "observe", "create-only", …
std::string_view to_string(Adopt adopt);  // "never", …
std::optional<Mode> parse_mode(std::string_view text);
std::optional<Adopt> parse_adopt(std::string_view text);

/// Who we are, and what we remember (design §5).
struct Ownership {
  std::string owner;
  std::set<IamId> identities;    // the token's own, and the configured ones
  std::set<PolicyId> known_ids;  // policies that our state says are ours
};

struct PlanOptions {
  Mode mode = Mode::observe;
  Adopt adopt = Adopt::never;
  Timestamp now = {};  // decides what has expired
};

/// `observed` may hold any policies of the account, active or deleted, in any order.
Plan make_plan(const AccountId& account,
               std::span<const ResolvedGrant> desired,
               std::span<const Observed> observed,
               const Ownership& ownership,
               const PlanOptions& options);

}  // namespace authzd
