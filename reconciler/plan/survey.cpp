// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/survey.hpp"

#include <algorithm>
#include <tuple>

namespace authzd {
namespace {

/// Expiry outranks a failed look-up: what has ended is taken away whatever its roles were.
Wish wish_of(const ResolvedGrant& resolved, const PlanOptions& options) {
  const Grant& grant = *resolved.grant;
  if (grant.suspend) return Wish::suspended;
  if (grant.release) return Wish::released;
  if (grant.expires_at && *grant.expires_at <= options.now) {
    return options.clock_is_trusted ? Wish::expired : Wish::doubtful;
  }
  return resolved.roles ? Wish::wanted : Wish::unresolved;
}

std::vector<Want> collect_wants(std::span<const ResolvedGrant> desired,
                                const PlanOptions& options) {
  std::vector<Want> wants;
  wants.reserve(desired.size());
  for (const ResolvedGrant& resolved : desired) {
    wants.push_back({&resolved, wish_of(resolved, options)});
  }

  // The loader hands them over sorted and without doubles; to see that takes one pass.
  const auto is_out_of_order = [](const Want& a, const Want& b) {
    return a.grant().key >= b.grant().key;
  };
  if (std::adjacent_find(wants.begin(), wants.end(), is_out_of_order) == wants.end()) return wants;

  std::sort(wants.begin(), wants.end(), [](const Want& a, const Want& b) {
    return std::tie(a.grant().key, a.grant().name) < std::tie(b.grant().key, b.grant().name);
  });
  const auto same_key = [](const Want& a, const Want& b) { return a.grant().key == b.grant().key; };
  wants.erase(std::unique(wants.begin(), wants.end(), same_key), wants.end());
  return wants;
}

/// Of two copies of one id (a page that shifted under the list), the later change is the truth.
bool is_earlier_id_or_later_copy(const Observed* a, const Observed* b) {
  if (a->id != b->id) return a->id < b->id;
  if (a->last_modified_at != b->last_modified_at) return a->last_modified_at > b->last_modified_at;
  const auto rank = [](const Observed& policy) {
    const PolicyContent& content = policy.content;
    return std::tie(policy.state,
                    content.subject,
                    content.resource,
                    content.roles,
                    content.description,
                    content.extras,
                    policy.last_modified_by,
                    policy.created_by,
                    policy.template_id);
  };
  return rank(*a) < rank(*b);
}

std::vector<const Observed*> live_policies(std::span<const Observed> observed) {
  std::vector<const Observed*> policies;
  policies.reserve(observed.size());
  for (const Observed& policy : observed) policies.push_back(&policy);
  std::sort(policies.begin(), policies.end(), is_earlier_id_or_later_copy);

  const auto same_id = [](const Observed* a, const Observed* b) { return a->id == b->id; };
  policies.erase(std::unique(policies.begin(), policies.end(), same_id), policies.end());
  std::erase_if(policies, [](const Observed* p) { return p->state == PolicyState::deleted; });
  return policies;
}

/// Only where a policy was altered is any grant's hash needed at all.
void link_by_hash(Survey& result) {
  const auto is_altered = [](const Sighting& s) { return s.owner == OwnerClass::altered; };
  if (std::none_of(result.sightings.begin(), result.sightings.end(), is_altered)) return;

  std::unordered_map<std::string, std::size_t> by_hash;
  for (std::size_t i = 0; i < result.wants.size(); ++i) {
    by_hash.emplace(result.wants[i].grant().key.hash12(), i);
  }
  for (Sighting& sighting : result.sightings) {
    if (!is_altered(sighting)) continue;
    const auto found = by_hash.find(sighting.description.marker->hash12);
    if (found != by_hash.end()) sighting.want_by_hash = found->second;
  }
}

using WantsByKey = std::unordered_map<std::string_view, std::size_t>;

/// A pin holds while its key's grant is what it was; then nothing at that key is touched, nor what
/// was written for it and sits at another key by now.
void apply_pins(Survey& result, const WantsByKey& by_key, const PlanOptions& options) {
  if (options.pins.empty()) return;
  const auto now = options.clock_is_trusted ? std::optional(options.now) : std::nullopt;
  std::set<Key> pinned;
  std::set<std::string> hashes;
  for (const auto& [key, digest] : options.pins) {
    const auto found = by_key.find(key.text());
    Want* want = found == by_key.end() ? nullptr : &result.wants[found->second];
    if (grant_digest(want == nullptr ? nullptr : &want->grant(), now) != digest) continue;
    if (want != nullptr) want->wish = Wish::pinned;
    pinned.insert(key);
    hashes.insert(key.hash12());
  }
  for (Sighting& sighting : result.sightings) {
    const auto& marker = sighting.description.marker;
    const bool is_stray = sighting.owner == OwnerClass::altered && hashes.contains(marker->hash12);
    sighting.is_pinned = is_stray || pinned.contains(sighting.key);
  }
}

void collect_names(Survey& result) {
  for (const Want& want : result.wants) {
    if (want.wish == Wish::suspended) result.suspended.insert(want.grant().name);
    if (want.wish == Wish::unresolved) result.unresolved.insert(want.grant().name);
    if (want.wish == Wish::released) result.released.insert(want.grant().name);
  }
}

}  // namespace

Survey survey(const AccountId& account,
              std::span<const ResolvedGrant> desired,
              std::span<const Observed> observed,
              const Ownership& ownership,
              const PlanOptions& options) {
  Survey result;
  result.wants = collect_wants(desired, options);
  WantsByKey by_key;
  by_key.reserve(result.wants.size());
  for (std::size_t i = 0; i < result.wants.size(); ++i) {
    by_key.emplace(result.wants[i].grant().key.text(), i);
  }

  const auto policies = live_policies(observed);
  result.sightings.reserve(policies.size());
  for (const Observed* policy : policies) {
    Sighting sighting{
        policy, key_of(account, policy->content), parse_description(policy->content.description)};
    sighting.owner = classify_owner(*policy, sighting.description, sighting.key, ownership);
    const auto found = by_key.find(sighting.key.text());
    if (found != by_key.end()) {
      sighting.want_at_key = found->second;
      result.wants[found->second].holders.push_back(result.sightings.size());
    }
    result.sightings.push_back(std::move(sighting));
  }
  link_by_hash(result);
  apply_pins(result, by_key, options);
  collect_names(result);
  return result;
}

}  // namespace authzd
