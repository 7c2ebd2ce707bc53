// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What IAM does with policies, as a value in memory: ETags, one policy a key, soft delete, restore,
// and replicas that lag. Written from the API's documentation; it shares no code with the client.
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

  /// POST, PUT, DELETE and PATCH as `who`. Errors as the gateway has them: conflict with
  /// `conflicts_with`, not_found, and conflict with HTTP 412 where the ETag is not the current one.
  Result<Versioned> create(const PolicyContent& content, const IamId& who);
  Result<Versioned> replace(const PolicyId& id,
                            const PolicyContent& content,
                            const Etag& etag,
                            const IamId& who);
  Result<Versioned> remove(const PolicyId& id, const IamId& who);
  Result<Versioned> restore(const PolicyId& id, const Etag& etag, const IamId& who);

  /// What the master copy holds; what a replica shows that is `behind` that many writes.
  [[nodiscard]] Result<Versioned> get(const PolicyId& id, std::size_t behind = 0) const;
  [[nodiscard]] std::vector<Observed> list(std::size_t behind = 0) const;

  /// A policy from nowhere, active, made by `who`; returns it as stored.
  Versioned seed(const PolicyContent& content, const IamId& who);

  /// Puts a policy there as it is, replacing one of the same id.
  void place(Observed policy);

  /// From here on, times are those of this clock, but no two writes bear the same.
  void follow(std::function<Timestamp()> clock) { clock_ = std::move(clock); }

  /// All replicas have caught up: none shows anything older than this from here on.
  void settle() { history_.clear(); }

  /// Forgets a policy wholly: GET answers 404 from then on.
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
