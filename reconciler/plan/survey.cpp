// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/survey.hpp"

#include "reconciler/base/prefetch.hpp"
#include "reconciler/plan/recognition.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace authzd {
namespace {

/// Expiry outranks a failed look-up: an expired grant is removed whatever its roles were. To
/// release a policy, we must know which one it is.
GrantState wish_of(const ResolvedGrant& resolved, const PlanOptions& options) {
  const Grant& grant = *resolved.grant;
  if (grant.suspend) return GrantState::suspended;
  if (grant.release && !resolved.is_instance_known) return GrantState::unlocated;
  if (grant.release) return GrantState::released;
  if (grant.expires_at && options.time.has_passed(*grant.expires_at)) return GrantState::expired;
  if (grant.expires_at && options.time.is_in_doubt(*grant.expires_at)) return GrantState::doubtful;
  if (!resolved.is_instance_known) return GrantState::unlocated;
  return resolved.roles ? GrantState::wanted : GrantState::unresolved;
}

std::vector<Want> collect_wants(std::span<const ResolvedGrant> desired,
                                const PlanOptions& options) {
  std::vector<Want> wants;
  wants.reserve(desired.size());
  for (const ResolvedGrant& resolved : desired) {
    wants.push_back({&resolved, wish_of(resolved, options)});
  }

  // The loader returns them sorted and without duplicates; checking that takes one pass.
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

/// Of two copies of one id (a page that shifted while the list was read), the later change counts.
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

bool is_live(const Observed& policy) {
  return policy.state != PolicyState::deleted;
}

std::vector<const Observed*> live_policies(std::span<const Observed> observed) {
  constexpr std::size_t kIdsAhead = 16;
  std::vector<const Observed*> policies;
  policies.reserve(observed.size());
  bool is_tidy = true;  // as a list is: sorted by id, each once and live
  for (std::size_t i = 0; i < observed.size(); ++i) {
    if (i + kIdsAhead < observed.size()) prefetch(observed[i + kIdsAhead].id.value.data());
    const bool is_next = i == 0 || observed[i - 1].id < observed[i].id;
    is_tidy = is_tidy && is_next && is_live(observed[i]);
    policies.push_back(&observed[i]);
  }
  if (is_tidy) return policies;
  std::sort(policies.begin(), policies.end(), is_earlier_id_or_later_copy);
  const auto same_id = [](const Observed* a, const Observed* b) { return a->id == b->id; };
  policies.erase(std::unique(policies.begin(), policies.end(), same_id), policies.end());
  std::erase_if(policies, [](const Observed* policy) { return !is_live(*policy); });
  return policies;
}

using WantsByHash = std::unordered_map<std::string, std::size_t>;

WantsByHash hashes_of(const std::vector<Want>& wants) {
  WantsByHash by_hash;
  for (std::size_t i = 0; i < wants.size(); ++i) by_hash.emplace(wants[i].grant().key.hash12(), i);
  return by_hash;
}

/// The grant with that key: they are sorted by it.
std::optional<std::size_t> find_by_key(const std::vector<Want>& wants, const Key& key) {
  const auto key_of_want = [](const Want& want) -> const Key& { return want.grant().key; };
  const auto found = std::ranges::lower_bound(wants, key, {}, key_of_want);
  if (found == wants.end() || found->grant().key != key) return std::nullopt;
  return static_cast<std::size_t>(found - wants.begin());
}

/// Searches by the hash in its marker. If that belongs to no grant, by the hashes in its other
/// markers of ours, because the one that matches the current content may have been added with the
/// change.
std::optional<std::size_t> find_by_hash(const SurveyedPolicy& surveyed,
                                        const WantsByHash& by_hash,
                                        const Ownership& ownership) {
  const Description& description = *surveyed.description;
  auto found = by_hash.find(description.marker->hash12);
  for (const Marker& rival : description.rivals) {
    if (found != by_hash.end()) break;
    if (is_our_marker(rival, ownership)) found = by_hash.find(rival.hash12);
  }
  return found == by_hash.end() ? std::nullopt : std::optional(found->second);
}

/// The hashes of grants are needed only if a policy was altered and the state does not know what we
/// wrote.
void link_made_for(Survey& result, const Ownership& ownership) {
  WantsByHash by_hash;
  for (SurveyedPolicy& surveyed : result.policies) {
    if (surveyed.owner != OwnerClass::altered) continue;
    if (surveyed.written != nullptr) {
      surveyed.made_for = find_by_key(result.wants, surveyed.written->key);
      continue;
    }
    if (by_hash.empty()) by_hash = hashes_of(result.wants);
    surveyed.made_for = find_by_hash(surveyed, by_hash, ownership);
  }
}

/// A pin holds while its grant is unchanged. Then nothing at its key is touched, nor a policy that
/// was written for it and has another key now.
void apply_pins(Survey& result, const PlanOptions& options) {
  if (options.pins.empty()) return;
  std::vector<const Grant*> grants;
  grants.reserve(result.wants.size());
  for (const Want& want : result.wants) grants.push_back(&want.grant());
  const PinnedParts pinned = pinned_parts(options.pins, grants);
  for (Want& want : result.wants) {
    if (pinned.grants.contains(&want.grant())) want.state = GrantState::pinned;
  }
  std::set<std::string> hashes;
  for (const Key& key : pinned.keys) hashes.insert(key.hash12());
  for (SurveyedPolicy& surveyed : result.policies) {
    const bool is_altered = surveyed.owner == OwnerClass::altered;
    const bool is_stray =
        is_altered &&
        (surveyed.written != nullptr ? pinned.keys.contains(surveyed.written->key)
                                     : hashes.contains(surveyed.description->marker->hash12));
    surveyed.is_pinned = is_stray || pinned.keys.contains(surveyed.key);
  }
}

void collect_unresolved(Survey& result) {
  for (const Want& want : result.wants) {
    const bool is_unknown =
        want.state == GrantState::unresolved || want.state == GrantState::unlocated;
    if (is_unknown) result.unresolved.emplace(want.grant().name, want.state);
  }
}

/// By name, the state for what a document inherits. If any of its grants cannot be judged, that
/// state counts; `suspend` and `release` apply to the whole document.
std::map<std::string_view, GrantState> heirs_of(const Survey& result) {
  std::map<std::string_view, GrantState> heirs;
  for (const Want& want : result.wants) {
    const bool may_inherit =
        want.state == GrantState::suspended || want.state == GrantState::released ||
        want.state == GrantState::unresolved || want.state == GrantState::unlocated;
    if (!may_inherit) continue;
    GrantState& state = heirs.emplace(want.grant().name, want.state).first->second;
    if (want.state == GrantState::unresolved || want.state == GrantState::unlocated)
      state = want.state;
  }
  return heirs;
}

void link_inherited(Survey& result, const InheritedKeys& inherited) {
  if (inherited.empty()) return;
  const auto heirs = heirs_of(result);
  std::unordered_map<std::string, GrantState> wishes;  // by key, and by its hash
  for (const auto& [key, document] : inherited) {
    const auto heir = heirs.find(document.name);
    if (heir == heirs.end()) continue;
    wishes.emplace(key.text(), heir->second);
    wishes.emplace(key.hash12(), heir->second);
  }
  for (SurveyedPolicy& surveyed : result.policies) {
    const bool is_altered = surveyed.owner == OwnerClass::altered;
    const Key& key =
        is_altered && surveyed.written != nullptr ? surveyed.written->key : surveyed.key;
    const bool is_by_hash = is_altered && surveyed.written == nullptr;
    const auto found = wishes.find(is_by_hash ? surveyed.description->marker->hash12 : key.text());
    if (found != wishes.end()) surveyed.inherited_state = found->second;
  }
}

/// The side of the policy equals that of the grant, ignoring the instance if the grant gives it by
/// name.
bool is_side_of(const AttributeSet& side,
                const AttributeSet& wanted,
                const std::optional<InstanceName>& instance) {
  if (!instance) return side == wanted;
  return !side.equals_value(kServiceInstance).empty() &&
         without_instance(side) == without_instance(wanted);
}

/// A grant whose instance was not found.
struct Unlocated {
  const Want* want = nullptr;
  /// Its keys with the ids that its names have, or had before; none: a name was never found.
  std::optional<std::set<Key>> keys = {};
};

/// The side with each id that its name has or had; the side alone if it has no name; nothing if the
/// name was never found.
std::vector<AttributeSet> located_sides(const AttributeSet& side,
                                        const std::optional<InstanceName>& instance,
                                        const KnownInstances& known) {
  if (!instance) return {side};
  const auto found = known.find(*instance);
  if (found == known.end()) return {};
  std::vector<AttributeSet> sides{with_instance(side, found->second.id)};
  if (!found->second.before.empty()) sides.push_back(with_instance(side, found->second.before));
  return sides;
}

Unlocated unlocated_of(const AccountId& account, const Want& want, const KnownInstances& known) {
  const Grant& grant = want.grant();
  const auto subjects = located_sides(grant.subject, grant.source_instance, known);
  const auto resources = located_sides(grant.resource, grant.target_instance, known);
  if (subjects.empty() || resources.empty()) return {&want};
  std::set<Key> keys;
  for (const AttributeSet& subject : subjects) {
    for (const AttributeSet& resource : resources) keys.emplace(account, subject, resource);
  }
  return {&want, std::move(keys)};
}

bool is_made_for_any(const SurveyedPolicy& surveyed, const std::set<Key>& keys) {
  if (surveyed.owner != OwnerClass::altered) return keys.contains(surveyed.key);
  if (surveyed.written != nullptr) return keys.contains(surveyed.written->key);
  return std::ranges::any_of(
      keys, [&](const Key& key) { return key.hash12() == surveyed.description->marker->hash12; });
}

/// Whether a policy with the name of the grant may be its own. If the ids of the grant's names are
/// known, its key decides. If not, and the state knows of no write to the policy, the policy may
/// have been made for any id: one that equals the grant otherwise counts, and an altered one, whose
/// former content is unknown. If the state does know the write, that was made for another document.
bool may_be_of(const SurveyedPolicy& surveyed, const Unlocated& unlocated) {
  const Grant& grant = unlocated.want->grant();
  const auto& marker = surveyed.description->marker;
  if (!marker || marker->name != grant.name) return false;
  const bool is_altered = surveyed.owner == OwnerClass::altered;
  if (is_altered ? surveyed.made_for.has_value() : surveyed.want_at_key.has_value()) return false;
  if (!is_altered && surveyed.owner != OwnerClass::ours) return false;
  if (unlocated.keys) return is_made_for_any(surveyed, *unlocated.keys);
  if (surveyed.written != nullptr) return false;
  const PolicyContent& content = surveyed.policy->content;
  return is_altered || (is_side_of(content.subject, grant.subject, grant.source_instance) &&
                        is_side_of(content.resource, grant.resource, grant.target_instance));
}

void link_unlocated(Survey& result, const AccountId& account, const KnownInstances& known) {
  std::unordered_map<std::string_view, std::vector<Unlocated>> unlocated;  // by name
  for (const Want& want : result.wants) {
    if (want.resolved->is_instance_known || !holds_still(want.state)) continue;
    unlocated[want.grant().name].push_back(unlocated_of(account, want, known));
  }
  if (unlocated.empty()) return;
  for (SurveyedPolicy& surveyed : result.policies) {
    if (!surveyed.description->marker || surveyed.inherited_state) continue;
    const auto named = unlocated.find(surveyed.description->marker->name);
    if (named == unlocated.end()) continue;
    const auto found = std::ranges::find_if(
        named->second, [&](const Unlocated& each) { return may_be_of(surveyed, each); });
    if (found != named->second.end()) surveyed.inherited_state = found->want->state;
  }
}

}  // namespace

const Want* Survey::want_of(const SurveyedPolicy& surveyed) const {
  const bool is_altered = surveyed.owner == OwnerClass::altered;
  const auto& w = is_altered && surveyed.made_for ? surveyed.made_for : surveyed.want_at_key;
  return w ? &wants[*w] : nullptr;
}

GrantState Survey::wish_that_freezes(const SurveyedPolicy& surveyed) const {
  if (surveyed.is_pinned) return GrantState::pinned;
  if (surveyed.inherited_state) return *surveyed.inherited_state;
  if (surveyed.made_for && holds_still(wants[*surveyed.made_for].state)) {
    return wants[*surveyed.made_for].state;
  }
  // Kept because of another grant of its document.
  const Want* want = want_of(surveyed);
  const auto found = want == nullptr ? unresolved.end() : unresolved.find(want->grant().name);
  return found == unresolved.end() ? GrantState::unresolved : found->second;
}

namespace {

/// Tells each grant which policies have its key.
void link_holders(Survey& result) {
  std::vector<std::size_t> ends(result.wants.size());
  for (const SurveyedPolicy& surveyed : result.policies) {
    if (surveyed.want_at_key) ++ends[*surveyed.want_at_key];
  }
  std::size_t total = 0;
  for (std::size_t& end : ends) total += std::exchange(end, total);
  result.holders.resize(total);
  for (std::size_t s = 0; s < result.policies.size(); ++s) {
    const auto& w = result.policies[s].want_at_key;
    if (w) result.holders[ends[*w]++] = s;
  }
  std::size_t begin = 0;
  for (std::size_t w = 0; w < result.wants.size(); begin = ends[w++]) {
    result.wants[w].holders = std::span(result.holders).subspan(begin, ends[w] - begin);
  }
}

SurveyedPolicy whole_sight(const AccountId& account,
                           const Observed& policy,
                           const Ownership& ownership,
                           const Survey& survey) {
  SurveyedPolicy surveyed = sight(account, policy, ownership);
  surveyed.want_at_key = find_by_key(survey.wants, surveyed.key);
  return surveyed;
}

}  // namespace

Survey survey(const AccountId& account,
              std::span<const ResolvedGrant> desired,
              std::span<const Observed> observed,
              const Ownership& ownership,
              const PlanOptions& options) {
  Survey result;
  result.wants = collect_wants(desired, options);
  const auto policies = live_policies(observed);
  result.policies.reserve(policies.size());
  Recogniser recogniser(result.wants, ownership);
  for (std::size_t begin = 0; begin < policies.size(); begin += Recogniser::kTogether) {
    const std::size_t count = std::min(Recogniser::kTogether, policies.size() - begin);
    auto recognised = recogniser.sight(std::span(policies).subspan(begin, count));
    for (std::size_t i = 0; i < count; ++i) {
      result.policies.push_back(
          recognised[i] ? std::move(*recognised[i])
                        : whole_sight(account, *policies[begin + i], ownership, result));
    }
  }
  link_holders(result);
  link_made_for(result, ownership);
  apply_pins(result, options);
  collect_unresolved(result);
  link_inherited(result, options.inherited);
  link_unlocated(result, account, options.instances);
  return result;
}

}  // namespace authzd
