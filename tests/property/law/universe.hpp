// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The few possible requests in the world of the law: every source, every target, every role. The
// access of a policy is the set of requests that it permits, found by trying each one. It shares
// nothing with the code that the law judges.
#pragma once

#include "reconciler/model/policy.hpp"

#include <array>
#include <bitset>
#include <cstddef>
#include <string>

namespace authzd::test {

inline const AccountId kLawAccount{"0123456789abcdef0123456789abcdef"};
inline const AccountId kOtherAccount{"fedcba9876543210fedcba9876543210"};

inline constexpr std::size_t kAskers = 6;
inline constexpr std::size_t kThings = 6;
inline constexpr std::size_t kRoles = 4;

/// Who may access what, whatever the role.
using Scope = std::bitset<kAskers * kThings>;
/// Who may do what.
using Access = std::bitset<kAskers * kThings * kRoles>;
using RoleBits = std::bitset<kRoles>;

inline constexpr std::size_t kDelegator = 3;  // the role Authorization Delegator
inline constexpr std::array<const char*, kRoles> kRoleNames = {
    "Reader", "Writer", "Manager", "Authorization Delegator"};

std::string role_crn(std::size_t role);
RoleBits roles_of(const RoleSet& crns);

Scope scope_of(const PolicyContent& policy);
Access access_of(const PolicyContent& policy);
Access access(const Scope& scope, const RoleBits& roles);

/// A source or a target as manifests may name it.
struct Side {
  const char* yaml;
  const char* words;
  AttributeSet (*attributes)();
};
inline constexpr std::size_t kSources = 5;
inline constexpr std::size_t kTargets = 6;
inline constexpr std::size_t kEverything = 5;  // the target without constraints
const Side& source_side(std::size_t index);
const Side& target_side(std::size_t index);

/// The content that a manifest for that source and that target requests.
PolicyContent content_of(std::size_t source, std::size_t target, const RoleBits& roles);

/// It permits a service that no manifest names, on either side.
bool reaches_the_unnamed(const Access& access);
/// It gives access to a key service: kms or hs-crypto.
bool reaches_keys(const Access& access);

/// One of its requests, in words.
std::string example_of(const Access& access);

}  // namespace authzd::test
