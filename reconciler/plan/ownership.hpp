// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Whose is a policy? Decided from what IAM shows of it and what we know of ourselves (design §5).
#pragma once

#include "reconciler/model/key.hpp"
#include "reconciler/model/marker.hpp"
#include "reconciler/model/policy.hpp"
#include "reconciler/plan/action_facts.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace authzd {

/// A policy of ours as our last write left it, as far as ownership needs to know.
struct WrittenPolicy {
  Key key;
  /// All of it, where that write marked it as protected: what the protection is for.
  std::optional<PolicyContent> protects = {};
};

/// Who we are, and what we remember (design §5).
struct Ownership {
  std::string owner;
  std::set<IamId> identities;    // the token's own, and the configured ones
  std::set<PolicyId> known_ids;  // policies that our state says are ours
  std::set<std::string, std::less<>> previous_owners = {};  // their markers are ours, and rewritten
  std::set<PolicyId> created_ids = {};  // policies that our state says we created, not took over
  /// Of known ids; not of those that we never wrote since the state was lost.
  std::map<PolicyId, WrittenPolicy> written = {};
  /// Our marker is witness enough where its hash fits. Only for a plan that is shown and never
  /// performed, made where neither the state nor the identity of the installation is at hand.
  bool trusts_markers = false;
};

enum class OwnerClass {
  foreign,    // made by an enterprise template or by a service
  theirs,     // carries the marker of another owner
  ours,       // our marker, witnessed, and its hash fits the attributes
  altered,    // the same, but someone changed the attributes or the marker, or added a second one
  unmarked,   // our state knows the id; the marker is gone
  disputed,   // our marker without a witness; beside another, only the state's word is one
  unmanaged,  // no marker, and nothing says it is ours
};

/// What the state remembers of the policy that our last write left; none: it knows of no write.
/// Points into `ownership`.
const WrittenPolicy* written_of(const Observed& policy, const Ownership& ownership);

/// Puts the marker that we wrote in the place of the last one, where a description has several and
/// any of them is ours: the one whose hash fits `key`, else the first of ours. It is protected
/// where any of ours says so, so that a second marker takes no protection off. The others are its
/// rivals. `key`: the one that our last write left, if that is known; else what it holds now.
Description with_own_marker(Description description, const Key& key, const Ownership& ownership);

/// The marker is ours, by this owner's name or by a previous one.
bool is_our_marker(const Marker& marker, const Ownership& ownership);

/// `description` is the policy's, parsed; `key` is the key of what it holds now.
OwnerClass classify_owner(const Observed& policy,
                          const Description& description,
                          const Key& key,
                          const Ownership& ownership);

/// Made or last changed by one of us, or remembered by our state. `trusts_markers` is no matter.
bool is_witnessed(const Observed& policy, const Ownership& ownership);

/// We made it: one of our identities is its creator, or our state remembers.
bool is_made_by_us(const Observed& policy, const Ownership& ownership);

/// Someone else changed the policy, which is ours, last. None where we did, where IAM does not say
/// who did, and where a trusted marker is all that we know of it: then it may have been us.
std::optional<Drift> drift_of(const Observed& policy, const Ownership& ownership);

/// The creator is a service, which IAM shows as a CRN in place of an IAM id.
bool is_service_made(const Observed& policy);

}  // namespace authzd
