// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/removal.hpp"

#include "reconciler/base/prefetch.hpp"
#include "reconciler/plan/ends.hpp"
#include "reconciler/plan/look_ahead.hpp"
#include "reconciler/plan/risk.hpp"

#include <algorithm>
#include <bit>
#include <functional>
#include <set>
#include <string_view>
#include <utility>

namespace authzd {
namespace {

constexpr std::size_t kUsual = 16;  // attributes of two policies that are compared at the cost of
                                    // one

std::size_t attributes_of(const PolicyContent& content) {
  return content.subject.items().size() + content.resource.items().size();
}

}  // namespace

bool Effort::spend(const PolicyContent& a, const PolicyContent& b) {
  const std::size_t cost = 1 + (attributes_of(a) + attributes_of(b)) / kUsual;
  const bool is_enough = cost <= left_;
  left_ = is_enough ? left_ - cost : 0;
  return is_enough;
}

namespace {

Cover::Parties parties_of(const PolicyContent& content) {
  return {only_value(content.subject, "serviceName"),
          only_value(content.subject, "serviceInstance"),
          only_value(content.resource, "serviceName"),
          only_value(content.resource, "serviceInstance")};
}

/// Which of the parties are named.
unsigned shape_of(const Cover::Parties& parties) {
  unsigned shape = 0;
  for (std::size_t i = 0; i < parties.size(); ++i) shape |= (parties[i].empty() ? 0U : 1U) << i;
  return shape;
}

/// Those of them that the shape names; the others are left open.
Cover::Parties only_those(unsigned shape, Cover::Parties parties) {
  for (std::size_t i = 0; i < parties.size(); ++i) {
    if ((shape >> i & 1U) == 0) parties[i] = {};
  }
  return parties;
}

bool includes(const RoleSet& outer, const RoleSet& inner) {
  return std::includes(outer.begin(), outer.end(), inner.begin(), inner.end());
}

}  // namespace

std::vector<Staying> staying(const Survey& survey, const Assignment& assignment) {
  constexpr std::size_t kPoliciesAhead = 8;
  std::vector<Staying> found;
  found.reserve(survey.policies.size());
  for (std::size_t s = 0; s < survey.policies.size(); ++s) {
    if (s + kPoliciesAhead < survey.policies.size()) {
      prefetch_text(survey.policies[s + kPoliciesAhead].policy->last_modified_at);
    }
    const Placement& placement = assignment.placements[s];
    if (placement.disposition != Disposition::serves) continue;
    const Want& want = survey.wants[*placement.want];
    if (want.grant().expires_at) continue;  // it ends by itself, and then covers nothing
    const Observed& policy = *survey.policies[s].policy;
    const Timestamp since = unchanged_since(policy).value_or(Timestamp::max());
    found.push_back({&policy, &*want.resolved->roles, since});
  }
  return found;
}

namespace {

/// Different parties may have the same hash: the policies have to be compared.
std::size_t hash_of(const Cover::Parties& parties) {
  std::size_t hash = 0;
  for (const std::string_view part : parties) {
    hash = hash * 0x9e3779b97f4a7c15U + std::hash<std::string_view>{}(part);
  }
  return hash;
}

}  // namespace

Cover::Cover(std::vector<Staying> staying)
    : staying_(std::move(staying)),
      entries_(staying_.size()),
      slots_(std::bit_ceil(2 * staying_.size() + 1), kNone) {
  constexpr std::size_t kPoliciesAhead = 8;
  std::ranges::stable_sort(staying_, {}, &Staying::since);
  for (std::size_t i = staying_.size(); i-- > 0;) {
    if (i >= 2 * kPoliciesAhead) fetch_items(staying_[i - 2 * kPoliciesAhead].policy->content);
    if (i >= kPoliciesAhead) fetch_values(staying_[i - kPoliciesAhead].policy->content);
    const Parties parties = parties_of(staying_[i].policy->content);
    const std::size_t hash = hash_of(parties);
    entries_[i] = {hash, std::exchange(slots_[hash & (slots_.size() - 1)], i)};
    shapes_.set(shape_of(parties));
  }
}

// A cover names each party of the policy or leaves it open: at most 16 places to search, however
// many policies there are.
const Observed* Cover::find(const Observed& policy, Effort& effort) const {
  const Parties named = parties_of(policy.content);
  const unsigned names = shape_of(named);
  std::size_t best = staying_.size();
  for (unsigned open = 0; open < shapes_.size(); ++open) {
    const unsigned shape = names & ~open;
    const bool is_new = (open & ~names & 15U) == 0;
    if (!is_new || !shapes_.test(shape)) continue;
    const std::size_t hash = hash_of(only_those(shape, named));
    for (std::size_t i = slots_[hash & (slots_.size() - 1)]; i != kNone; i = entries_[i].next) {
      if (entries_[i].hash != hash) continue;
      const PolicyContent& other = staying_[i].policy->content;
      if (i >= best || !effort.spend(other, policy.content)) break;
      if (staying_[i].policy == &policy) continue;
      if (!includes(*staying_[i].wanted_roles, policy.content.roles)) continue;
      if (permits_all_of(other, policy.content, effort.patterns())) best = i;
    }
  }
  return best < staying_.size() ? staying_[best].policy : nullptr;
}

std::optional<Timestamp> unchanged_since(const Observed& policy) {
  const auto changed = parse_rfc3339(policy.last_modified_at);
  return changed ? std::optional(*changed) : std::nullopt;
}

namespace {

std::string key_of_target(std::string_view service, std::string_view instance) {
  return std::string(service) + '\n' + std::string(instance);
}

/// A target within one that names a service also names that service; likewise the instance.
std::string key_of_target(const AttributeSet& resource) {
  const std::string_view service = only_value(resource, "serviceName");
  return key_of_target(service,
                       service.empty() ? service : only_value(resource, "serviceInstance"));
}

}  // namespace

Dependents::Dependents(const Survey& survey) {
  for (const SurveyedPolicy& surveyed : survey.policies) {
    if (!is_service_made(*surveyed.policy)) continue;
    const AttributeSet& resource = surveyed.policy->content.resource;
    const std::set<std::string> keys{key_of_target({}, {}),
                                     key_of_target(only_value(resource, "serviceName"), {}),
                                     key_of_target(resource)};
    for (const std::string& key : keys) by_target_[key].push_back(surveyed.policy);
  }
}

std::vector<PolicyId> Dependents::of(const Observed& policy, Effort& effort) const {
  std::vector<PolicyId> found;
  if (std::ranges::none_of(policy.content.roles, is_delegator)) return found;
  const auto near = by_target_.find(key_of_target(policy.content.resource));
  if (near == by_target_.end()) return found;
  for (const Observed* other : near->second) {
    if (found.size() == kMostDependents || !effort.spend(policy.content, other->content)) break;
    if (other->content.subject == policy.content.subject) continue;
    if (admits_all_of(policy.content.resource, other->content.resource, effort.patterns())) {
      found.push_back(other->id);
    }
  }
  return found;
}

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
