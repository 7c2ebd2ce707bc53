// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Decides who owns a policy, from what IAM shows and what we know of ourselves (design §5).
#pragma once

#include "reconciler/base/copy_on_write.hpp"
#include "reconciler/model/key.hpp"
#include "reconciler/model/marker.hpp"
#include "reconciler/model/policy.hpp"
#include "reconciler/plan/action_facts.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace authzd {

/// A policy of ours as our last write left it, as far as ownership needs it.
struct WrittenPolicy {
  Key key;
  /// Its content, if that write marked it as protected: this is what the protection keeps.
  std::optional<PolicyContent> protects = {};
  /// A later write of ours may be missing, because the state was older than the account. Not to be
  /// used where IAM shows a newer protection.
  bool is_doubted = false;
};

/// How a policy became ours.
enum class PolicyOrigin {
  created,  // by us
  adopted,  // made by someone else, or unknown
};

/// Policies that are ours according to the state.
using KnownPolicies = CopyOnWrite<std::map<PolicyId, PolicyOrigin>>;

/// By known id; without policies that we have not written since the state was lost.
using WrittenPolicies = CopyOnWrite<std::map<PolicyId, WrittenPolicy>>;

/// Our identity, and what we remember (design §5).
struct Ownership {
  std::string owner;
  std::set<IamId> identities;  // the token's own, and the configured ones
  KnownPolicies known = {};
  std::set<std::string, std::less<>> previous_owners = {};  // their markers are ours, and get
                                                            // rewritten
  WrittenPolicies written = {};
  /// Our marker alone proves ownership if its hash matches. Only for a plan that is shown and never
  /// performed, without the state and the identity of the installation.
  bool trusts_markers = false;
};

enum class OwnerClass {
  foreign,    // made by an enterprise template or by a service
  theirs,     // has the marker of another owner
  ours,       // has our marker and a witness, and the hash matches the attributes
  altered,    // the same, but someone changed the attributes or the marker, or added a second one
  unmarked,   // our state knows the id; the marker is missing
  disputed,   // our marker without a witness; beside another marker only the state counts as one
  unmanaged,  // no marker, and no sign that it is ours
};

/// What the state remembers of our last write to the policy; none: it knows of no write. Points
/// into `ownership`.
const WrittenPolicy* written_of(const Observed& policy, const Ownership& ownership);

/// For a description with several markers, any of them ours: replaces the last one with the marker
/// that we wrote. That is the one whose hash matches `key`, else the first of ours. The result is
/// protected if any of ours is, so that a second marker removes no protection. The others become
/// its rivals. `key`: the one of our last write if known, else the current one.
Description with_own_marker(Description description, const Key& key, const Ownership& ownership);

/// The marker has this owner's name, or a previous one.
bool is_our_marker(const Marker& marker, const Ownership& ownership);

/// `description` is the policy's, parsed; `key` is the key of its current content.
OwnerClass classify_owner(const Observed& policy,
                          const Description& description,
                          const Key& key,
                          const Ownership& ownership);

/// Created or last changed by one of our identities, or known to our state. Ignores
/// `trusts_markers`.
bool is_witnessed(const Observed& policy, const Ownership& ownership);

/// One of our identities created it or changed it last.
bool is_by_us(const Observed& policy, const Ownership& ownership);

/// We created it: one of our identities is its creator, or our state remembers.
bool is_made_by_us(const Observed& policy, const Ownership& ownership);

/// Someone else made the last change to our policy. None if we made it, if IAM does not report who
/// did, or if only a trusted marker shows that it is ours: then we may have made it.
std::optional<Drift> drift_of(const Observed& policy, const Ownership& ownership);

/// The creator is a service, which IAM shows as a CRN instead of an IAM id.
bool is_service_made(const Observed& policy);

}  // namespace authzd
