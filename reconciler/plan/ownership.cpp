// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/ownership.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace authzd {

bool is_service_made(const Observed& policy) {
  return policy.created_by.value.starts_with("crn:");
}

bool is_by_us(const Observed& policy, const Ownership& ownership) {
  return ownership.identities.contains(policy.created_by) ||
         ownership.identities.contains(policy.last_modified_by);
}

bool is_witnessed(const Observed& policy, const Ownership& ownership) {
  return is_by_us(policy, ownership) || ownership.known->contains(policy.id);
}

bool is_made_by_us(const Observed& policy, const Ownership& ownership) {
  if (ownership.identities.contains(policy.created_by)) return true;
  const auto known = ownership.known->find(policy.id);
  return known != ownership.known->end() && known->second == PolicyOrigin::created;
}

std::optional<Drift> drift_of(const Observed& policy, const Ownership& ownership) {
  const IamId& by = policy.last_modified_by;
  if (by.empty() || ownership.identities.contains(by)) return std::nullopt;
  if (ownership.trusts_markers && !is_witnessed(policy, ownership)) return std::nullopt;
  return Drift{by, policy.last_modified_at};
}

bool is_our_marker(const Marker& marker, const Ownership& ownership) {
  return marker.owner == ownership.owner || ownership.previous_owners.contains(marker.owner);
}

const WrittenPolicy* written_of(const Observed& policy, const Ownership& ownership) {
  if (!ownership.known->contains(policy.id)) return nullptr;
  const auto found = ownership.written->find(policy.id);
  return found == ownership.written->end() ? nullptr : &found->second;
}

Description with_own_marker(Description description, const Key& key, const Ownership& ownership) {
  if (description.rivals.empty()) return description;
  std::vector<Marker> markers = std::move(description.rivals);
  markers.push_back(std::move(*description.marker));
  const auto is_ours = [&](const Marker& marker) { return is_our_marker(marker, ownership); };
  const auto fits = [&is_ours, hash = key.hash12()](const Marker& marker) {
    return is_ours(marker) && marker.hash12 == hash;
  };
  auto own = std::ranges::find_if(markers, fits);
  if (own == markers.end()) own = std::ranges::find_if(markers, is_ours);
  if (own == markers.end()) own = std::prev(markers.end());
  Marker chosen = *own;
  chosen.is_protected = std::ranges::any_of(markers, [&](const Marker& marker) {
    return marker.is_protected && (is_ours(marker) || marker == chosen);
  });
  markers.erase(own);
  description.marker = std::move(chosen);
  description.rivals = std::move(markers);
  return description;
}

// First match wins; a blank cell is "any". If there are two different markers, one may have been
// added to a policy of another installation that uses our identity, so only the state counts as a
// witness. With that, a second marker is an alteration like any other, and does not prevent its
// repair. If all markers are of others, the last one names the owner. The 12 digits of a marker can
// be forged: if the state knows the key that we wrote, the hash matches only if the key does, too.
//
//   template or service-made | marker             | witnessed  | hash fits | class
//   -------------------------+--------------------+------------+-----------+----------
//   yes                      |                    |            |           | foreign
//                            | all of others      |            |           | theirs
//                            | two, one is ours   | id known   |           | altered
//                            | two, one is ours   | id unknown |           | disputed
//                            | ours               | no         | yes       | ours, if trusted
//                            | ours               | no         |           | disputed
//                            | ours               | yes        | yes       | ours
//                            | ours               | yes        | no        | altered
//                            | none               | id known   |           | unmarked
//                            | none               | id unknown |           | unmanaged
OwnerClass classify_owner(const Observed& policy,
                          const Description& description,
                          const Key& key,
                          const Ownership& ownership) {
  if (!policy.template_id.empty() || is_service_made(policy)) return OwnerClass::foreign;
  if (!description.marker) {
    const bool known = ownership.known->contains(policy.id);
    return known ? OwnerClass::unmarked : OwnerClass::unmanaged;
  }
  const Marker& marker = *description.marker;
  const auto is_ours = [&](const Marker& other) { return is_our_marker(other, ownership); };
  const auto& rivals = description.rivals;
  const bool is_any_ours = is_ours(marker) || std::any_of(rivals.begin(), rivals.end(), is_ours);
  if (!is_any_ours) return OwnerClass::theirs;
  if (!rivals.empty()) {
    const bool is_known = ownership.known->contains(policy.id);
    return is_known ? OwnerClass::altered : OwnerClass::disputed;
  }
  const bool is_seen = is_witnessed(policy, ownership);
  if (!is_seen && !ownership.trusts_markers) return OwnerClass::disputed;
  const WrittenPolicy* written = written_of(policy, ownership);
  if (written != nullptr && written->key != key) return OwnerClass::altered;
  if (marker.hash12 == key.hash12()) return OwnerClass::ours;
  return is_seen ? OwnerClass::altered : OwnerClass::disputed;
}

}  // namespace authzd
