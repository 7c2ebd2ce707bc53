// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Accounts that a person has suspended: one account, or all of them. They are in the state, and as
// a copy in a small file beside it: losing, moving or restoring the state must not end a
// suspension, because a person set it to stop everything. The file is written without the state's
// lock and read before each write, so that suspending never waits.
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

  /// The suspension of this account: its own, or that of all. Includes those that another process
  /// wrote to the file beside the state, which is read each time. Errors: those of
  /// read_suspension_file() and the state.
  [[nodiscard]] Result<std::optional<Suspension>> of(const AccountId& account) const;
  /// As in the state.
  [[nodiscard]] Result<std::vector<Suspension>> list() const;

  /// From now on also applies the suspensions beside the state at that path, which is another than
  /// this one: a call with its own state bypasses no suspension.
  void heed(const std::string& state);

  /// An existing suspension stays, with its person and time. Errors: also if it applies, but a loss
  /// of the state would end it.
  Result<void> suspend(const Suspension& suspension);

  /// Ends the suspension of the account, or that of all; it is not an error if there is none.
  /// Errors: also if the file beside the state cannot be changed, so that the suspension stays.
  Result<void> resume(const std::optional<AccountId>& account);

  /// Takes over those in the file beside the state, which may be new: call it after opening.
  /// Afterwards the file has everything that the state has. Errors: those of read_suspension_file()
  /// and the state.
  Result<void> take_from_file();

 private:
  Result<void> keep_file() const;

  std::shared_ptr<Database> database_;
  std::vector<std::string> heeded_;  // files beside other states
};

/// Suspends if the state at that path cannot be opened here, for example because another process
/// holds it: in the file beside it, which that process applies from its next write on. Existing
/// entries stay. Errors: those of read_suspension_file() and write_suspension_file().
Result<void> suspend_beside(const std::string& state, const std::vector<Suspension>& suspensions);

/// Empty if the file does not exist. Errors: invalid_config if it cannot be read or is not ours:
/// then it is unknown what is suspended.
Result<std::vector<Suspension>> read_suspension_file(const std::string& path);

/// Replaces the file atomically; without suspensions it removes it. Errors: unavailable.
Result<void> write_suspension_file(const std::string& path, const std::vector<Suspension>& all);

/// Replaces a small file beside the state atomically, and makes that durable. Errors: unavailable.
Result<void> replace_file_beside(const std::string& path, const std::string& text);

}  // namespace authzd
