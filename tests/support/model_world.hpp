// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A small world for tests of the model: short constructors for grants and policies, and a pure
// simulator of IAM's reaction to an action.
#pragma once

#include "reconciler/plan/planner.hpp"

#include <span>
#include <string>
#include <vector>

namespace authzd::test {

inline const AccountId kAccount{"0123456789abcdef0123456789abcdef"};
inline const IamId kUs{"iam-ServiceId-us"};
inline const IamId kPerson{"IBMid-person"};

AttributeSet subject_of(const std::string& service);
AttributeSet resource_of(const std::string& service);
Key key_for(const std::string& source, const std::string& target);

/// A grant with its roles, in the form that `resolved` passes to the planner.
struct WantedGrant {
  Grant grant;
  Result<RoleSet> roles;
};

/// They point into `wanted`.
std::vector<ResolvedGrant> resolved(std::span<const WantedGrant> wanted);

/// A grant of authorization `name` with roles as CRNs, already resolved.
WantedGrant wanted(const std::string& name,
                   const std::string& source,
                   const std::string& target,
                   RoleSet roles = {"Reader"});

/// A policy that a person made, without marker.
Observed policy(const std::string& id,
                const std::string& source,
                const std::string& target,
                RoleSet roles = {"Reader"});

/// The marker of owner "prod" for a key, at the end of `text`.
std::string marked(const std::string& name, const Key& key, bool is_protected = false);

/// As authzd would have written it for `grant`.
Observed ours(const std::string& id, const WantedGrant& grant);

Ownership prod();
PlanOptions in_sync_mode();

/// A time for which it is unknown whether the epoch has passed.
TrustedTime time_in_doubt();

/// The policies in IAM after the action. A create with the id of a deleted policy restores that
/// one. A write to a key that another policy has changes nothing.
std::vector<Observed> perform(std::vector<Observed> policies, const Action& action);
std::vector<Observed> perform(std::vector<Observed> policies, std::span<const Action> actions);

}  // namespace authzd::test
