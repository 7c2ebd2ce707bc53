// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/ownership.hpp"

#include <algorithm>

namespace authzd {

bool is_service_made(const Observed& policy) {
  return policy.created_by.value.starts_with("crn:");
}

bool is_witnessed(const Observed& policy, const Ownership& ownership) {
  return ownership.known_ids.contains(policy.id) ||
         ownership.identities.contains(policy.created_by) ||
         ownership.identities.contains(policy.last_modified_by);
}

bool is_made_by_us(const Observed& policy, const Ownership& ownership) {
  return ownership.created_ids.contains(policy.id) ||
         ownership.identities.contains(policy.created_by);
}

namespace {

bool is_our_marker(const Marker& marker, const Ownership& ownership) {
  return marker.owner == ownership.owner || ownership.previous_owners.contains(marker.owner);
}

}  // namespace

// First match wins; a blank cell is "any". Two different markers dispute only what may be ours:
// where all are of others, the last one says whose it is.
//
//   template or service-made | marker             | witnessed  | hash fits | class
//   -------------------------+--------------------+------------+-----------+----------
//   yes                      |                    |            |           | foreign
//                            | all of others      |            |           | theirs
//                            | two, one is ours   |            |           | disputed
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
    const bool known = ownership.known_ids.contains(policy.id);
    return known ? OwnerClass::unmarked : OwnerClass::unmanaged;
  }
  const Marker& marker = *description.marker;
  const auto is_ours = [&](const Marker& other) { return is_our_marker(other, ownership); };
  const auto& rivals = description.rivals;
  const bool is_any_ours = is_ours(marker) || std::any_of(rivals.begin(), rivals.end(), is_ours);
  if (!is_any_ours) return OwnerClass::theirs;
  if (!rivals.empty()) return OwnerClass::disputed;
  if (!is_witnessed(policy, ownership)) return OwnerClass::disputed;
  return marker.hash12 == key.hash12() ? OwnerClass::ours : OwnerClass::altered;
}

}  // namespace authzd
