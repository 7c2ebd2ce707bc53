// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// IAM's handling of policies, in memory: ETags, one policy per key, soft delete, restore, and
// lagging replicas. Written from the API's documentation; it shares no code with the client.
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/model/policy.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace authzd::test {

class FakeIam {
 public:
  explicit FakeIam(AccountId account) : account_(std::move(account)) {}

  /// POST, PUT, DELETE and PATCH as `who`. Errors as in the gateway: conflict with
  /// `conflicts_with`, not_found, and conflict with HTTP 412 if the ETag is not the current one.
  Result<Versioned> create(const PolicyContent& content, const IamId& who);
  Result<Versioned> replace(const PolicyId& id,
                            const PolicyContent& content,
                            const Etag& etag,
                            const IamId& who);
  Result<Versioned> remove(const PolicyId& id, const IamId& who);
  Result<Versioned> restore(const PolicyId& id, const Etag& etag, const IamId& who);

  /// The master copy, or a replica that is `behind` by that many writes.
  [[nodiscard]] Result<Versioned> get(const PolicyId& id, std::size_t behind = 0) const;
  [[nodiscard]] std::vector<Observed> list(std::size_t behind = 0) const;

  /// Adds an active policy made by `who`; returns it as stored.
  Versioned seed(const PolicyContent& content, const IamId& who);

  /// Stores a policy unchanged, replacing one of the same id.
  void place(Observed policy);

  /// Uses the times of this clock from now on, but no two writes get the same.
  void follow(std::function<Timestamp()> clock) { clock_ = std::move(clock); }

  /// All replicas have caught up: none shows an older state from now on.
  void settle() { history_.clear(); }

  /// Removes a policy completely: GET answers 404 from then on.
  void purge(const PolicyId& id);

  [[nodiscard]] const AccountId& account() const { return account_; }

 private:
  using Store = std::map<PolicyId, Versioned>;

  [[nodiscard]] const Store& replica(std::size_t behind) const;
  [[nodiscard]] const Versioned* rival_of(const PolicyContent& content, const PolicyId& but) const;
  Versioned commit(Observed policy, const IamId& who);
  std::string next_time();

  AccountId account_;
  Store store_;
  std::vector<Store> history_;  // before each write, oldest first
  std::size_t writes_ = 0;
  std::function<Timestamp()> clock_;
  Timestamp last_time_ = {};
};

}  // namespace authzd::test
