// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/recognition.hpp"

#include "reconciler/base/prefetch.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/plan/look_ahead.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <limits>
#include <string>

namespace authzd {
namespace {

constexpr std::uint32_t kFree = std::numeric_limits<std::uint32_t>::max();

/// A manifest can choose keys whose hashes are near each other. Where they are too many, the
/// policies of some of them are not recognised, which costs time and changes nothing.
constexpr std::size_t kMostSteps = 16;

/// How far ahead the keys of grants are fetched.
constexpr std::size_t kKeysAhead = 16;

std::uint64_t number_of(std::string_view hash12) {
  std::uint64_t number = 0;
  std::from_chars(hash12.data(), hash12.data() + hash12.size(), number, 16);
  return number;
}

bool has_roles_of(const Want& want, const PolicyContent& content) {
  const Result<RoleSet>& roles = want.resolved->roles;
  return roles && content.roles == *roles && content.extras.empty();
}

/// A manifest that has no description leaves that of the policy as it is.
bool has_text_of(const Grant& grant, const PlainDescription& plain) {
  return plain.is_to_the_letter && (!grant.description || trim(*grant.description) == plain.text);
}

/// What protects the policy. `has_mark`: its marker, or one of several of ours, says so.
void add_protection(SurveyedPolicy& it, bool has_mark, const Ownership& ownership) {
  const bool is_believed =
      it.written == nullptr || ownership.identities.contains(it.policy->last_modified_by);
  const bool is_written = it.written != nullptr && it.written->protects;
  // A twin of ours may have protected it, even if others changed it since.
  it.is_marked_protected = is_written || has_mark;
  it.is_protection_ours = is_written || (is_believed && has_mark);
}

}  // namespace

Recogniser::Recogniser(const std::vector<Want>& wants, const Ownership& ownership)
    : wants_(wants),
      ownership_(ownership),
      slots_(std::bit_ceil(2 * wants.size() + 1), Slot{0, kFree}),
      known_(*ownership.known),
      written_(*ownership.written) {
  grants_.reserve(wants.size());
  for (const Want& want : wants) grants_.push_back(&want.grant());
  for (std::size_t w = 0; w < wants.size(); ++w) {
    if (w + kKeysAhead < wants.size()) grants_[w + kKeysAhead]->key.fetch_ahead();
    // The key of a grant whose instance was not found is not that of its source and target.
    if (wants[w].resolved->is_instance_known) add(static_cast<std::uint32_t>(w));
  }
}

void Recogniser::add(std::uint32_t want) {
  const std::uint64_t hash = grants_[want]->key.short_hash();
  for (std::size_t step = 0; step < kMostSteps; ++step) {
    Slot& slot = slots_[(hash + step) & (slots_.size() - 1)];
    if (slot.want != kFree) continue;
    slot = {hash, want};
    return;
  }
}

std::optional<std::size_t> Recogniser::find(std::uint64_t hash) const {
  for (std::size_t step = 0; step < kMostSteps; ++step) {
    const Slot& slot = slots_[(hash + step) & (slots_.size() - 1)];
    if (slot.want == kFree) return std::nullopt;
    if (slot.hash == hash) return slot.want;
  }
  return std::nullopt;
}

std::optional<Recogniser::Lead> Recogniser::follow(const Observed& policy) const {
  if (!policy.template_id.empty() || is_service_made(policy)) return std::nullopt;
  const auto plain = plain_description(policy.content.description);
  if (!plain || plain->owner != ownership_.owner) return std::nullopt;
  const auto want = find(number_of(plain->hash12));
  if (!want) return std::nullopt;
  return Lead{*plain, *want};
}

Recogniser::Remembered Recogniser::recall(const PolicyId& id) {
  if (!known_.contains(id)) return {};
  const auto written = written_.find(id);
  return {true, written == ownership_.written->end() ? nullptr : &written->second};
}

std::vector<std::optional<SurveyedPolicy>> Recogniser::sight(
    std::span<const Observed* const> policies) {
  for (const Observed* policy : policies) {
    fetch_parts(policy->content);
    prefetch_text(policy->created_by.value);
    prefetch_text(policy->last_modified_by.value);
  }
  std::array<std::optional<Lead>, kTogether> leads;
  for (std::size_t i = 0; i < policies.size(); ++i) {
    leads[i] = follow(*policies[i]);
    if (!leads[i]) continue;
    prefetch(&grant_of(*leads[i]), sizeof(Grant));
    prefetch(wants_[leads[i]->want].resolved, sizeof(ResolvedGrant));
    fetch_values(policies[i]->content);
  }
  for (std::size_t i = 0; i < policies.size(); ++i) {
    if (!leads[i]) continue;
    const Grant& grant = grant_of(*leads[i]);
    fetch_items(grant.subject);
    fetch_items(grant.resource);
    const auto& roles = wants_[leads[i]->want].resolved->roles;
    if (roles) fetch_first(*roles);
  }
  for (std::size_t i = 0; i < policies.size(); ++i) {
    if (!leads[i]) continue;
    fetch_values(grant_of(*leads[i]).subject);
    fetch_values(grant_of(*leads[i]).resource);
  }
  std::vector<std::optional<SurveyedPolicy>> seen(policies.size());
  for (std::size_t i = 0; i < policies.size(); ++i) {
    if (leads[i]) seen[i] = compare(*policies[i], *leads[i]);
  }
  return seen;
}

std::optional<SurveyedPolicy> Recogniser::compare(const Observed& policy, const Lead& lead) {
  const Grant& grant = grant_of(lead);
  const PlainDescription& plain = lead.plain;
  const PolicyContent& content = policy.content;
  if (grant.name != plain.name) return std::nullopt;
  if (content.subject != grant.subject || content.resource != grant.resource) return std::nullopt;
  const Remembered remembered = recall(policy.id);
  if (!remembered.is_known && !is_by_us(policy, ownership_)) return std::nullopt;
  if (remembered.written != nullptr && remembered.written->key != grant.key) return std::nullopt;
  SurveyedPolicy it;
  it.policy = &policy;
  it.key = grant.key;
  it.written = remembered.written;
  it.description = LazyDescription(content.description);
  it.owner = OwnerClass::ours;
  it.want_at_key = lead.want;
  it.is_as_granted = has_roles_of(wants_[lead.want], content) && has_text_of(grant, plain) &&
                     plain.is_protected == grant.is_protected;
  add_protection(it, plain.is_protected, ownership_);
  return it;
}

SurveyedPolicy sight(const AccountId& account, const Observed& policy, const Ownership& ownership) {
  SurveyedPolicy it;
  it.policy = &policy;
  it.key = key_of(account, policy.content);
  it.written = written_of(policy, ownership);
  const Key& key = it.written != nullptr ? it.written->key : it.key;
  Description description =
      with_own_marker(parse_description(policy.content.description), key, ownership);
  it.owner = classify_owner(policy, description, it.key, ownership);
  add_protection(it, description.marker && description.marker->is_protected, ownership);
  it.description = LazyDescription(std::move(description));
  return it;
}

const Description& LazyDescription::operator*() const {
  static const Description kNone;
  if (parsed_ == nullptr && written_ != nullptr) {
    parsed_ = std::make_unique<const Description>(parse_description(*written_));
  }
  return parsed_ == nullptr ? kNone : *parsed_;
}

}  // namespace authzd
