// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/ownership.hpp"

namespace authzd {

bool is_service_made(const Observed& policy) {
  return policy.created_by.value.starts_with("crn:");
}

bool is_witnessed(const Observed& policy, const Ownership& ownership) {
  return ownership.known_ids.contains(policy.id) ||
         ownership.identities.contains(policy.created_by) ||
         ownership.identities.contains(policy.last_modified_by);
}

// First match wins; a blank cell is "any".
//
//   template or service-made | marker     | witnessed  | hash fits | class
//   -------------------------+------------+------------+-----------+----------
//   yes                      |            |            |           | foreign
//                            | two rivals |            |           | disputed
//                            | another's  |            |           | theirs
//                            | ours       | no         |           | disputed
//                            | ours       | yes        | yes       | ours
//                            | ours       | yes        | no        | altered
//                            | none       | id known   |           | unmarked
//                            | none       | id unknown |           | unmanaged
OwnerClass classify_owner(const Observed& policy,
                          const Description& description,
                          const Key& key,
                          const Ownership& ownership) {
  if (!policy.template_id.empty() || is_service_made(policy)) return OwnerClass::foreign;
  if (description.has_rival_markers) return OwnerClass::disputed;
  if (!description.marker) {
    const bool known = ownership.known_ids.contains(policy.id);
    return known ? OwnerClass::unmarked : OwnerClass::unmanaged;
  }
  const Marker& marker = *description.marker;
  const bool is_our_marker =
      marker.owner == ownership.owner || ownership.previous_owners.contains(marker.owner);
  if (!is_our_marker) return OwnerClass::theirs;
  if (!is_witnessed(policy, ownership)) return OwnerClass::disputed;
  return marker.hash12 == key.hash12() ? OwnerClass::ours : OwnerClass::altered;
}

}  // namespace authzd
