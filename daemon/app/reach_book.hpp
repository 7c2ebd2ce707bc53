// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The last list of policies of each account, for the console's page of who may reach what. Bounded:
// an account whose list does not fit any more is not kept.
#pragma once

#include "daemon/cycle/run_cycle.hpp"
#include "reconciler/model/shared_policies.hpp"
#include "reconciler/report/reach.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>

namespace authzd {

/// Policies that all accounts of a process may keep together for these pages, between two cycles.
inline constexpr std::size_t kMostReachKept = 20'000;

struct KeptPolicy {
  Observed policy;
  Timestamp listed = {};
  PolicyOwner owner = PolicyOwner::unmanaged;
  bool is_disputed = false;  // has our marker, and is not known as ours
};

class ReachBook {
 public:
  /// After a cycle of the account: its list, unless the cycle had none; then the last one stays.
  /// False: there is no room for it.
  [[nodiscard]] bool note(const AccountId& account, const CycleEnd& end);

  /// The list with what the cycle that read it has written. None where nothing is kept.
  [[nodiscard]] std::optional<ReachView> view(const AccountSpec& spec) const;

  /// One policy of it. None where it is not in the list, or nothing is kept.
  [[nodiscard]] std::optional<KeptPolicy> find(const AccountSpec& spec, const PolicyId& id) const;

  [[nodiscard]] bool keeps(const AccountId& account) const { return kept_.contains(account); }

  /// Forgets accounts for which `is_known` is false.
  template <class IsKnown>
  void forget_others(IsKnown is_known) {
    std::erase_if(kept_, [&is_known](const auto& each) { return !is_known(each.first); });
  }

 private:
  struct Kept {
    SharedPolicies policies;  // most often the same object that the reader compares with
    Timestamp listed;
    std::map<PolicyId, Observed> stored;  // written since
    std::set<PolicyId> removed;           // since
    std::set<PolicyId> disputed;          // have our marker, and are not known as ours
    RoleNames names;
  };

  static const Observed* find_in(const Kept& kept, const PolicyId& id);
  [[nodiscard]] std::size_t kept_policies() const;

  std::map<AccountId, Kept> kept_;
};

}  // namespace authzd
