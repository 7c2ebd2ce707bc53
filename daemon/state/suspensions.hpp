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

  /// What keeps this account from being reconciled: its own suspension, or that of all. Those count
  /// too that another process wrote into the file beside the state, which is read each time.
  /// Errors: those of read_suspension_file() and the state.
  [[nodiscard]] Result<std::optional<Suspension>> of(const AccountId& account) const;
  /// As the state has them.
  [[nodiscard]] Result<std::vector<Suspension>> list() const;

  /// From now on those count as well that stand beside the state of that path, which is another
  /// than this one: a call that keeps a state of its own goes past no suspension.
  void heed(const std::string& state);

  /// One that is in force already stays, with who and when. Errors: also where it counts, and a
  /// loss of the state would end it.
  Result<void> suspend(const Suspension& suspension);

  /// Ends that of the account, or that of all; none in force is no error. Errors: also where the
  /// file beside the state does not let go of it, so that it goes on.
  Result<void> resume(const std::optional<AccountId>& account);

  /// Those of the file beside the state, which may be a new one: for who opens it. From then on
  /// the file has all that the state has. Errors: those of read_suspension_file() and the state.
  Result<void> take_from_file();

 private:
  Result<void> keep_file() const;

  std::shared_ptr<Database> database_;
  std::vector<std::string> heeded_;  // files beside other states
};

/// Suspends where nobody here can open the state of that path, as another process holds it, say: in
/// the file beside it, which counts from that process's next write on. What stands there stays.
/// Errors: those of read_suspension_file() and write_suspension_file().
Result<void> suspend_beside(const std::string& state, const std::vector<Suspension>& suspensions);

}  // namespace authzd
