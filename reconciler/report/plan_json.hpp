// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A plan for programs: versioned, in a fixed order, without anything that changes from run to run.
// parse_plan_json(plan_json(x)) is x.
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/model/instance.hpp"
#include "reconciler/plan/plan.hpp"

#include <span>
#include <string>
#include <string_view>

namespace authzd {

/// Raised when a member changes its meaning or is removed, not when one is added.
inline constexpr int kPlanFormatVersion = 1;

struct PlanDocument {
  Plan plan;
  std::string account_name;       // from the configuration; may be empty
  std::string revision;           // of the manifests; may be empty
  KnownInstances instances = {};  // given by name in the manifests

  bool operator==(const PlanDocument&) const = default;
};

/// One JSON object, indented, with a final newline.
std::string plan_json(const PlanDocument& document);

/// {"formatVersion": 1, "accounts": […]}: one such object for each account.
std::string plans_json(std::span<const PlanDocument> documents);

/// Errors: bad_response for other text, or another version.
Result<PlanDocument> parse_plan_json(std::string_view text);

}  // namespace authzd
