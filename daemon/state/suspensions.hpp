// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a person has stopped for the time being: one account, or all of them.
#pragma once

#include "daemon/state/database.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace authzd {

struct Suspension {
  std::optional<AccountId> account;  // none: all of them
  std::string who;
  Timestamp since = {};
};

class Suspensions {
 public:
  explicit Suspensions(std::shared_ptr<Database> database);

  /// What keeps this account from being reconciled: its own suspension, or that of all.
  [[nodiscard]] Result<std::optional<Suspension>> of(const AccountId& account) const;
  [[nodiscard]] Result<std::vector<Suspension>> list() const;

  /// One that is in force already stays, with who and when. Errors: also where it counts, and a
  /// loss of the state would end it.
  Result<void> suspend(const Suspension& suspension);

  /// Ends that of the account, or that of all; none in force is no error. Errors: also where it has
  /// ended, and a restart would begin it again.
  Result<void> resume(const std::optional<AccountId>& account);

  /// Those of the file beside the state, which may be a new one: for who opens it. Errors: those of
  /// read_suspension_file() and the state.
  Result<void> take_from_file();

 private:
  Result<void> keep_file() const;

  std::shared_ptr<Database> database_;
};

}  // namespace authzd
