// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The effect of a change on access: on the set of requests that a policy permits, by role, by the
// source's attributes and by the target's. Exact for every operator of IAM; a role is compared only
// by its name. If the effect cannot be known (an operator, a rule or a '*' that authzd does not
// understand, an attribute given twice), the answer is "both", which every rail considers.
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

/// `outer` permits every request that `inner` permits. False if the remaining work does not suffice
/// to decide; without `work`, all attributes together may use as much as one search.
bool permits_all_of(const PolicyContent& outer, const PolicyContent& inner, GlobWork& work);
bool permits_all_of(const PolicyContent& outer, const PolicyContent& inner);

/// The attributes `outer` admit every request that those of `inner` admit; as above.
bool admits_all_of(const AttributeSet& outer, const AttributeSet& inner, GlobWork& work);

/// The one value that an attribute admits, whatever the operator; empty if it admits more, or if it
/// is absent. A policy that permits everything another does admits its only value, if not more.
std::string_view only_value(const AttributeSet& attributes, std::string_view name);

/// True if the attribute admits only given values, written out without a pattern.
bool names_values(const AttributeSet& attributes, std::string_view name);

/// True unless it is certain that the attribute never admits `value`.
bool may_admit(const AttributeSet& attributes, std::string_view name, const std::string& value);

/// The risk shown for an effect: widening outranks narrowing.
Risk to_risk(Effect effect);

Risk classify(const std::optional<PolicyContent>& before,
              const std::optional<PolicyContent>& after);

/// It takes back access that others added to a policy of ours.
bool takes_back_widening(const Action& action);

/// For people: "widening and narrowing" if it is both, else the word of `action.risk`.
std::string_view risk_text(const Action& action);

}  // namespace authzd
