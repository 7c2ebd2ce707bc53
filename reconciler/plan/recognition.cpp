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

std::optional<Recognised> Recogniser::find(const Observed& policy) const {
  if (!policy.template_id.empty() || is_service_made(policy)) return std::nullopt;
  const auto plain = plain_description(policy.content.description);
  if (!plain || plain->owner != ownership_.owner) return std::nullopt;
  const auto want = find(plain->hash12, plain->name);
  if (!want) return std::nullopt;
  const Grant& grant = wants_[*want].grant();
  const PolicyContent& content = policy.content;
  if (content.subject != grant.subject || content.resource != grant.resource) return std::nullopt;
  const bool is_as_granted = has_roles_of(wants_[*want], content) && has_text_of(grant, *plain) &&
                             plain->is_protected == grant.is_protected;
  return Recognised{*want, plain->is_protected, is_as_granted};
}

}  // namespace authzd
