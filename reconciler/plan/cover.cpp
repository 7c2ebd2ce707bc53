// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/cover.hpp"

#include "reconciler/plan/risk.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace authzd {
namespace {

/// What tells most policies apart: service and instance on both sides; empty where any will do.
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
  for (std::size_t s = 0; s < survey.sightings.size(); ++s) {
    const Placement& placement = assignment.placements[s];
    if (placement.fate != Fate::serves) continue;
    found.push_back({survey.sightings[s].policy, &*survey.wants[*placement.want].resolved->roles});
  }
  return found;
}

Cover::Cover(std::vector<Staying> staying) : staying_(std::move(staying)) {
  for (std::size_t i = 0; i < staying_.size(); ++i) {
    by_parties_[text_of(parties_of(staying_[i].policy->content))].push_back(i);
  }
}

// What covers a policy names each of its parties or leaves it open: 16 places to look in, however
// many policies there are.
PolicyId Cover::find(const PolicyContent& content) const {
  const Parties named = parties_of(content);
  std::optional<std::size_t> first;
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
      if (first && *first <= i) break;
      const Staying& other = staying_[i];
      if (!includes(*other.wanted_roles, content.roles)) continue;
      if (permits_all_of(other.policy->content, content)) first = i;
    }
  }
  return first ? staying_[*first].policy->id : PolicyId{};
}

}  // namespace authzd
