// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/recognition.hpp"

#include "reconciler/base/text.hpp"

#include <bit>
#include <charconv>
#include <limits>

namespace authzd {
namespace {

constexpr std::uint32_t kFree = std::numeric_limits<std::uint32_t>::max();

/// A manifest can choose keys whose hashes are near each other. Where they are too many, the
/// policies of some of them are not recognised, which costs time and changes nothing.
constexpr std::size_t kMostSteps = 16;

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
    : wants_(wants), ownership_(ownership), slots_(std::bit_ceil(2 * wants.size() + 1), kFree) {
  for (std::size_t w = 0; w < wants.size(); ++w) {
    // The key of a grant whose instance was not found is not that of its source and target.
    if (wants[w].resolved->is_instance_known) add(static_cast<std::uint32_t>(w));
  }
}

void Recogniser::add(std::uint32_t want) {
  const std::uint64_t hash = wants_[want].grant().key.short_hash();
  for (std::size_t step = 0; step < kMostSteps; ++step) {
    std::uint32_t& slot = slots_[(hash + step) & (slots_.size() - 1)];
    if (slot != kFree) continue;
    slot = want;
    return;
  }
}

std::optional<std::size_t> Recogniser::find(std::string_view hash12, std::string_view name) const {
  const std::uint64_t hash = number_of(hash12);
  for (std::size_t step = 0; step < kMostSteps; ++step) {
    const std::uint32_t w = slots_[(hash + step) & (slots_.size() - 1)];
    if (w == kFree) return std::nullopt;
    const Grant& grant = wants_[w].grant();
    if (grant.key.short_hash() == hash && grant.name == name) return w;
  }
  return std::nullopt;
}

std::optional<SurveyedPolicy> Recogniser::sight(const Observed& policy) const {
  if (!policy.template_id.empty() || is_service_made(policy)) return std::nullopt;
  const PolicyContent& content = policy.content;
  const auto plain = plain_description(content.description);
  if (!plain || plain->owner != ownership_.owner) return std::nullopt;
  const auto w = find(plain->hash12, plain->name);
  if (!w) return std::nullopt;
  const Grant& grant = wants_[*w].grant();
  if (content.subject != grant.subject || content.resource != grant.resource) return std::nullopt;
  if (!is_witnessed(policy, ownership_)) return std::nullopt;
  SurveyedPolicy it;
  it.written = written_of(policy, ownership_);
  if (it.written != nullptr && it.written->key != grant.key) return std::nullopt;
  it.policy = &policy;
  it.key = grant.key;
  it.description = LazyDescription(content.description);
  it.owner = OwnerClass::ours;
  it.want_at_key = *w;
  it.is_as_granted = has_roles_of(wants_[*w], content) && has_text_of(grant, *plain) &&
                     plain->is_protected == grant.is_protected;
  add_protection(it, plain->is_protected, ownership_);
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
