// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Each policy of ours as our last write left it: what tells a change of others, which is undone at
// once, from one that a revision asked for, which the rails may hold.
#pragma once

#include "daemon/state/database.hpp"
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

  /// None: we never wrote it, or it is ours no more.
  [[nodiscard]] Result<std::optional<PolicyContent>> find(const PolicyId& id) const;

  /// What tells of each policy whether it is as we left it, and what we protected.
  [[nodiscard]] Result<std::map<PolicyId, WrittenPolicy>> all() const;

  /// Policies that are gone though no write of ours took them away, by key; those of `gone` too,
  /// which was seen and is not remembered yet.
  [[nodiscard]] Result<std::map<Key, LostPolicy>> lost(const std::vector<PolicyId>& gone) const;

  /// An applied revision grants this: whoever wrote it, it is ours as if we had. What we never
  /// wrote stays unknown.
  Result<void> take_as_ours(const std::vector<GrantedPolicy>& policies);

  /// What is lost and is wanted back by nobody need not be known any more.
  Result<void> forget_all(const std::vector<PolicyId>& ids);

  // The two below are for the memory of policies, within its own change of the database.
  /// A lost policy with the same key has been given back by this write.
  Result<void> keep(const PolicyId& id, const PolicyContent& content);
  Result<void> forget(const PolicyId& id);

 private:
  std::shared_ptr<Database> database_;
  AccountId account_;
};

}  // namespace authzd
