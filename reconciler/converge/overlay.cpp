// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/converge/overlay.hpp"

#include <algorithm>
#include <compare>
#include <map>
#include <utility>

namespace authzd {
namespace {

/// By time if both are times, else as text.
std::strong_ordering compare_times(const std::string& a, const std::string& b) {
  const auto time_a = parse_rfc3339(a);
  const auto time_b = parse_rfc3339(b);
  if (time_a && time_b) return *time_a <=> *time_b;
  return a <=> b;
}

/// Someone wrote after us. Another modifier with an earlier time wrote before us. The reply to a
/// delete does not show the policy: we have it as it was before, with the old time and modifier, so
/// only a later time is new.
bool is_newer(const Observed& listed, const Observed& ours) {
  const auto order = compare_times(listed.last_modified_at, ours.last_modified_at);
  if (order != 0 || ours.state == PolicyState::deleted) return order > 0;
  return listed.last_modified_by != ours.last_modified_by;
}

/// Our version, with the fields that only a list has.
Observed with_list_facts(Observed ours, const Observed& listed) {
  if (!ours.last_permit_at) ours.last_permit_at = listed.last_permit_at;
  ours.role_names.insert(listed.role_names.begin(), listed.role_names.end());
  return ours;
}

/// The last write to each policy that is recent enough to count.
std::map<PolicyId, const OwnWrite*> last_writes(std::span<const OwnWrite> writes,
                                                Timestamp now,
                                                std::chrono::milliseconds settle) {
  std::map<PolicyId, const OwnWrite*> last;
  for (const OwnWrite& write : writes) {
    if (now - write.at > settle) continue;
    const OwnWrite*& entry = last[write.policy.id];
    if (entry == nullptr || write.at >= entry->at) entry = &write;
  }
  return last;
}

/// By id, each once.
bool is_in_order(const std::vector<Observed>& policies) {
  const auto is_not_before = [](const Observed& a, const Observed& b) { return b.id <= a.id; };
  return std::ranges::adjacent_find(policies, is_not_before) == policies.end();
}

}  // namespace

OverlayResult overlay_own_writes(SharedPolicies listed,
                                 std::span<const OwnWrite> writes,
                                 Timestamp now,
                                 std::chrono::milliseconds settle) {
  const auto last = last_writes(writes, now, settle);
  if (last.empty() && is_in_order(listed)) return {std::move(listed), {}};
  OverlayResult result;
  std::map<PolicyId, Observed> policies;
  for (Observed& policy : listed.own()) {
    const PolicyId id = policy.id;
    policies.insert_or_assign(id, std::move(policy));
  }

  for (const auto& [id, write] : last) {
    const bool was_deleted = write->policy.state == PolicyState::deleted;
    const auto found = policies.find(id);
    if (found == policies.end()) {
      if (was_deleted) continue;
      policies.emplace(id, write->policy);
      result.to_settle.push_back(id);
    } else if (is_newer(found->second, write->policy)) {
      continue;
    } else if (was_deleted) {
      policies.erase(found);
    } else {
      found->second = with_list_facts(write->policy, found->second);
    }
  }

  std::vector<Observed> corrected;
  corrected.reserve(policies.size());
  for (auto& [id, policy] : policies) corrected.push_back(std::move(policy));
  result.policies = std::move(corrected);
  return result;
}

}  // namespace authzd
