// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/removal.hpp"

#include "reconciler/plan/ends.hpp"

#include <algorithm>

namespace authzd {

RemovalFacts::RemovalFacts(const Survey& survey,
                           const Assignment& assignment,
                           const Ownership& ownership,
                           const PlanOptions& options)
    : survey_(survey), assignment_(assignment), ownership_(ownership), options_(options) {}

Removal RemovalFacts::of(const SurveyedPolicy& surveyed, const Grant* expired) {
  const Observed& policy = *surveyed.policy;
  Removal removal;
  removal.last_permit_at = policy.last_permit_at;
  removal.is_never_used = !policy.last_permit_at && is_use_told();
  if (const Observed* other = cover().find(policy, effort_)) {
    removal.covered_by = other->id;
    removal.covered_since = unchanged_since(*other);
  }
  // A trusted marker also shows that we made the policy, as on the installation's own host.
  const bool is_trusted = ownership_.trusts_markers && !is_witnessed(policy, ownership_);
  if (!is_trusted && !is_made_by_us(policy, ownership_)) removal.made_by = policy.created_by;
  if (expired != nullptr) {
    removal.expires_at = expired->expires_at;
    removal.is_announced = is_announced(*expired, options_);
  }
  removal.dependents = dependents().of(policy, effort_);
  return removal;
}

/// IAM reports no time if there was no use, and also if it keeps no times for authorizations. A
/// missing time means "not used" only if other policies have one.
bool RemovalFacts::is_use_told() {
  if (!is_use_told_) {
    is_use_told_ = std::ranges::any_of(survey_.policies, [](const SurveyedPolicy& surveyed) {
      return surveyed.policy->last_permit_at.has_value();
    });
  }
  return *is_use_told_;
}

const Cover& RemovalFacts::cover() {
  if (!cover_) cover_.emplace(staying(survey_, assignment_));
  return *cover_;
}

const Dependents& RemovalFacts::dependents() {
  if (!dependents_) dependents_.emplace(survey_);
  return *dependents_;
}

}  // namespace authzd
