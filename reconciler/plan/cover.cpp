// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/cover.hpp"

#include "reconciler/plan/risk.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace authzd {
namespace {

/// What distinguishes most policies: service and instance on both sides; empty if any is admitted.
using Parties = std::array<std::string_view, 4>;

Parties parties_of(const PolicyContent& content) {
  return {only_value(content.subject, "serviceName"),
          only_value(content.subject, "serviceInstance"),
          only_value(content.resource, "serviceName"),
          only_value(content.resource, "serviceInstance")};
}

std::string text_of(const Parties& parties) {
  std::string text;
  for (const std::string_view part : parties) (text += part) += '\n';
  return text;
}

bool includes(const RoleSet& outer, const RoleSet& inner) {
  return std::includes(outer.begin(), outer.end(), inner.begin(), inner.end());
}

}  // namespace

std::vector<Staying> staying(const Survey& survey, const Assignment& assignment) {
  std::vector<Staying> found;
  for (std::size_t s = 0; s < survey.policies.size(); ++s) {
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

Cover::Cover(std::vector<Staying> staying) : staying_(std::move(staying)) {
  std::ranges::stable_sort(staying_, {}, &Staying::since);
  for (std::size_t i = 0; i < staying_.size(); ++i) {
    by_parties_[text_of(parties_of(staying_[i].policy->content))].push_back(i);
  }
}

// A cover names each party of the policy or leaves it open: 16 places to search, however many
// policies there are.
const Observed* Cover::find(const Observed& policy, Effort& effort) const {
  const Parties named = parties_of(policy.content);
  std::size_t best = staying_.size();
  for (unsigned mask = 0; mask < 16; ++mask) {
    Parties parties;
    bool is_new = true;
    for (std::size_t i = 0; i < parties.size(); ++i) {
      const bool is_open = (mask >> i & 1U) != 0;
      if (is_open && named[i].empty()) is_new = false;
      if (!is_open) parties[i] = named[i];
    }
    const auto found = is_new ? by_parties_.find(text_of(parties)) : by_parties_.end();
    if (found == by_parties_.end()) continue;
    for (const std::size_t i : found->second) {
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

}  // namespace authzd
