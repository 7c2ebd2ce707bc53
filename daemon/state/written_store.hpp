// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Each of our policies as our last write left it. It distinguishes a change by others, which is
// reverted at once, from one that a revision asked for, which the rails may hold.
#pragma once

#include "daemon/state/database.hpp"
#include "daemon/state/memo.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/plan/memory.hpp"
#include "reconciler/plan/ownership.hpp"

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace authzd {

class WrittenStore {
 public:
  WrittenStore(std::shared_ptr<Database> database, AccountId account);

  /// None: we never wrote it, it is no longer ours, or that was doubted since.
  [[nodiscard]] Result<std::optional<PolicyContent>> find(const PolicyId& id) const;

  /// For each policy, the data to compare it with our last write, and its protected content. Kept
  /// in memory while nothing changes it.
  [[nodiscard]] Result<WrittenPolicies> all() const;

  /// Policies that disappeared without our own write, by key; including those of `gone`, which was
  /// seen and is not stored yet.
  [[nodiscard]] Result<std::map<Key, LostPolicy>> lost(const std::vector<PolicyId>& gone) const;

  /// What writes of ours may have left since our last known write: nobody saw whether they were
  /// done. A known write of the policy ends that.
  [[nodiscard]] Result<std::map<PolicyId, std::vector<PolicyContent>>> perhaps() const;

  /// An applied revision grants this: it counts as ours, even if someone else wrote it. Policies
  /// that we never wrote stay unknown.
  Result<void> take_as_ours(const std::vector<GrantedPolicy>& policies);

  /// Removes lost policies that nobody wants restored.
  Result<void> forget_all(const std::vector<PolicyId>& ids);

  /// Later writes of ours may be missing: until we write a policy again, nothing tells what others
  /// added to it or removed from it. all() still has it, for its protection.
  Result<void> doubt_all();

  // The three below are for PolicyMemory, within its own transaction.
  /// This write has restored a lost policy with the same key.
  Result<void> keep(const PolicyId& id, const PolicyContent& content);
  Result<void> keep_perhaps(const PolicyId& id, const PolicyContent& content);
  Result<void> forget(const PolicyId& id);

 private:
  [[nodiscard]] Result<std::map<PolicyId, WrittenPolicy>> read_all() const;
  Result<void> put(const PolicyId& id, const PolicyContent& content);

  std::shared_ptr<Database> database_;
  AccountId account_;
  mutable Memo<std::map<PolicyId, WrittenPolicy>> all_;
};

}  // namespace authzd
