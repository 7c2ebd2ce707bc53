// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Who may reach what in an account: the policies of its last list, with what its cycle wrote.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/model/attribute.hpp"
#include "reconciler/report/wording.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace authzd {

/// Policies that all accounts of a process may keep together for these pages, between two cycles.
inline constexpr std::size_t kMostReachKept = 20'000;

enum class PolicyOwner {
  ours,
  unmanaged,  // of people, and of other tools
  foreign,    // of an IBM service, an enterprise template, or another installation of authzd
};

struct ReachPolicy {
  PolicyId id;
  std::string name = {};  // of the authorization, by its marker
  PolicyOwner owner = PolicyOwner::unmanaged;
  AttributeSet subject;
  AttributeSet resource;
  std::vector<std::string> roles = {};  // as displayed, sorted
  std::string description = {};         // without a marker
  std::optional<Timestamp> last_used = {};
};

struct ReachView {
  AccountId account;
  std::string account_name;
  Timestamp listed = {};
  std::vector<ReachPolicy> policies;
  RoleNames names = {};
};

}  // namespace authzd
