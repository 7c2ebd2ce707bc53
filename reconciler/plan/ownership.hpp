// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Whose is a policy? Decided from what IAM shows of it and what we know of ourselves (design §5).
#pragma once

#include "reconciler/model/key.hpp"
#include "reconciler/model/marker.hpp"
#include "reconciler/model/policy.hpp"

#include <set>
#include <string>

namespace authzd {

/// Who we are, and what we remember (design §5).
struct Ownership {
  std::string owner;
  std::set<IamId> identities;    // the token's own, and the configured ones
  std::set<PolicyId> known_ids;  // policies that our state says are ours
  std::set<std::string, std::less<>> previous_owners = {};  // their markers are ours, and rewritten
  std::set<PolicyId> created_ids = {};  // policies that our state says we created, not took over
};

enum class OwnerClass {
  foreign,    // made by an enterprise template or by a service
  theirs,     // carries the marker of another owner
  ours,       // our marker, witnessed, and its hash fits the attributes
  altered,    // the same, but someone changed the attributes
  unmarked,   // our state knows the id; the marker is gone
  disputed,   // our marker without a witness, or two different markers, one of them ours
  unmanaged,  // no marker, and nothing says it is ours
};

/// `description` is the policy's, parsed; `key` is the key of what it holds now.
OwnerClass classify_owner(const Observed& policy,
                          const Description& description,
                          const Key& key,
                          const Ownership& ownership);

/// Made or last changed by one of us, or remembered by our state.
bool is_witnessed(const Observed& policy, const Ownership& ownership);

/// We made it: one of our identities is its creator, or our state remembers.
bool is_made_by_us(const Observed& policy, const Ownership& ownership);

/// The creator is a service, which IAM shows as a CRN in place of an IAM id.
bool is_service_made(const Observed& policy);

}  // namespace authzd
