// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a change does to who may do what: to the set of requests that a policy permits, by role, by
// the source's attributes and by the target's. Exact for every operator of IAM; a role is known by
// its name alone. Where it cannot be known (an operator, a rule or a '*' that authzd does not
// understand, an attribute given twice), the answer is "both", which every rail looks at.
#pragma once

#include "reconciler/model/policy.hpp"
#include "reconciler/plan/plan.hpp"

#include <optional>
#include <string_view>

namespace authzd {

struct GlobWork;

struct Effect {
  bool widens = false;   // a request that was denied may now be permitted
  bool narrows = false;  // a request that was permitted may now be denied

  bool operator==(const Effect&) const = default;
};

/// No `before`: a new policy. No `after`: a removed one.
Effect effect_of(const std::optional<PolicyContent>& before,
                 const std::optional<PolicyContent>& after);

/// Every request that `inner` permits, `outer` permits too. False where the work that is left does
/// not tell; without `work`, as much as one search may take is there for all attributes together.
bool permits_all_of(const PolicyContent& outer, const PolicyContent& inner, GlobWork& work);
bool permits_all_of(const PolicyContent& outer, const PolicyContent& inner);

/// Every request that the attributes `inner` admit, those of `outer` admit too; as above.
bool admits_all_of(const AttributeSet& outer, const AttributeSet& inner, GlobWork& work);

/// The one value that an attribute admits, by whatever operator; empty where it admits more, or
/// none of that name is given. What permits all that another does, admits its only value, if not
/// more.
std::string_view only_value(const AttributeSet& attributes, std::string_view name);

/// True where the attribute admits nothing but given values, written out without a pattern.
bool names_values(const AttributeSet& attributes, std::string_view name);

/// True unless it is certain that the attribute admits `value` in no request.
bool may_admit(const AttributeSet& attributes, std::string_view name, const std::string& value);

/// What is shown for an effect: widening outranks narrowing.
Risk to_risk(Effect effect);

Risk classify(const std::optional<PolicyContent>& before,
              const std::optional<PolicyContent>& after);

/// For people: "widening and narrowing" where it is both, else the word of `action.risk`.
std::string_view risk_text(const Action& action);

}  // namespace authzd
