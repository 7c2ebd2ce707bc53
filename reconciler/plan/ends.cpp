// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/ends.hpp"

#include "reconciler/plan/planner.hpp"
#include "reconciler/plan/survey.hpp"

namespace authzd {
namespace {

const StandingEnd* standing_end(const Key& key, const PlanOptions& options) {
  const auto found = options.ends.find(key);
  return found == options.ends.end() ? nullptr : &found->second;
}

}  // namespace

std::vector<GrantEnd> ends_of(const Survey& survey, const PlanOptions& options) {
  std::vector<GrantEnd> ends;
  const auto is_to_come = [&](Timestamp at) { return !options.time.has_passed(at); };
  for (const Want& want : survey.wants) {
    const Grant& grant = want.grant();
    const StandingEnd* standing = standing_end(grant.key, options);
    const bool ends_later = grant.expires_at && is_to_come(*grant.expires_at);
    const bool was_taken_off = !grant.expires_at && standing != nullptr && is_to_come(standing->at);
    if (!ends_later && !was_taken_off) continue;
    GrantEnd& end = ends.emplace_back();
    end.name = grant.name;
    end.position = grant.position;
    end.key = grant.key;
    end.subject = grant.subject;
    end.resource = grant.resource;
    if (standing != nullptr) end.before = standing->at;
    end.after = grant.expires_at;
  }
  return ends;
}

bool is_announced(const Grant& grant, const PlanOptions& options) {
  const StandingEnd* standing = standing_end(grant.key, options);
  if (standing == nullptr || !grant.expires_at || standing->at != *grant.expires_at) return false;
  return *grant.expires_at - standing->since >= options.announce;
}

}  // namespace authzd
