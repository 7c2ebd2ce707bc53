// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One action of a plan as JSON, for documents that contain actions: a plan, the state. Like
// json_values, it includes nlohmann.
#pragma once

#include "reconciler/plan/plan.hpp"
#include "reconciler/report/json_values.hpp"

namespace authzd::report {

/// "lastPermitAt" null: never if "neverUsed" is true, else unknown. "madeBy" null: by us.
Json removal_json(const Removal& removal);
Json stall_json(const Stall& stall);
Json drift_json(const Drift& drift);
Json author_json(const std::optional<Authorship>& author);
Json action_json(const Action& action);

/// Reads the output of action_json; throws nlohmann's exceptions for anything else.
Action read_action(const Json& json, const AccountId& account);
std::optional<Authorship> read_author(const Json& json);

}  // namespace authzd::report
