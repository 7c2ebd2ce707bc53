// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a change does to who may do what. Exact where IAM's operators allow it; where it cannot be
// known (an operator or a rule that authzd does not understand), the answer is "both".
#pragma once

#include "reconciler/model/policy.hpp"
#include "reconciler/plan/plan.hpp"

#include <optional>

namespace authzd {

struct Effect {
  bool widens = false;   // a request that was denied may now be permitted
  bool narrows = false;  // a request that was permitted may now be denied

  bool operator==(const Effect&) const = default;
};

/// No `before`: a new policy. No `after`: a removed one.
Effect effect_of(const std::optional<PolicyContent>& before,
                 const std::optional<PolicyContent>& after);

/// Every request that `inner` permits, `outer` permits too.
bool permits_all_of(const PolicyContent& outer, const PolicyContent& inner);

/// What is shown for an effect: widening outranks narrowing.
Risk to_risk(Effect effect);

Risk classify(const std::optional<PolicyContent>& before,
              const std::optional<PolicyContent>& after);

}  // namespace authzd
