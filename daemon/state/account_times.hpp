// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One account's times: the latest trusted time, and entries that a wrong clock wrote in the future;
// and until when the state explains the changes that our own identities made in IAM.
#pragma once

#include "daemon/state/database.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>

namespace authzd {

class TimeStore {
 public:
  TimeStore(std::shared_ptr<Database> database, AccountId account);

  [[nodiscard]] Result<std::optional<Timestamp>> last_trusted() const;

  /// Takes a trusted time: stores it, and sets future entries to it (design §6: an entry in the
  /// future counts as now), so that they age from now on. Writes nothing while the stored time is
  /// less than an hour old and there is no future entry.
  Result<void> take(Timestamp now);

  /// Stores it unconditionally: something is about to be recorded with it.
  Result<void> keep(Timestamp now);

 private:
  [[nodiscard]] Result<bool> has_entries_after(Timestamp latest) const;
  Result<void> set_back(Timestamp latest, Timestamp now);

  std::shared_ptr<Database> database_;
  AccountId account_;
};

/// A change in IAM by one of our identities, to a policy with our marker. Without a policy: what a
/// newer copy of the state had, whatever that was.
struct OwnChange {
  PolicyId policy;
  Timestamp at = {};  // by IAM's clock

  bool operator==(const OwnChange&) const = default;
};

/// Detects that one account's state is older than the account: a state that was restored from a
/// backup, or a second installation, does not have the newest change that our own identities made
/// in IAM.
class ChangeMark {
 public:
  ChangeMark(std::shared_ptr<Database> database, AccountId account);

  /// The state explains our changes up to then: from replies to writes and, for a write with an
  /// unknown outcome, until `settle` after it was sent. None: the state is new.
  [[nodiscard]] Result<std::optional<Timestamp>> accounted_until(
      std::chrono::milliseconds settle) const;

  /// The state explains our own change. One that IAM dates in the future, after `now` or the last
  /// trusted time, is explained alone: what others change until that time comes is not explained by
  /// it. Writes nothing if it is known already.
  Result<void> accept(const OwnChange& change, Timestamp now);

  /// The changes that were in the future when they were accepted, until end_ahead().
  [[nodiscard]] Result<std::map<PolicyId, std::set<Timestamp>>> ahead() const;

  /// The time `until` has come, without doubt: such changes up to then are like others.
  Result<void> end_ahead(Timestamp until);

  /// The state does not explain this change: its approvals and pins no longer count, deletes need
  /// their first approval again, and what its times have released starts again: the end of a
  /// protection, an announced end, a removal. Its writes may not be our last ones. Once for each
  /// change.
  Result<void> distrust(const OwnChange& change);

  /// The same for a state that is an older copy, however IAM looks: a change of no policy.
  Result<void> distrust_older_copy();

  /// The identities that authzd has ever worked with here: their changes are our own.
  [[nodiscard]] Result<std::set<IamId>> used_identities() const;

  /// Writes nothing if it is known already.
  Result<void> keep_identity(const IamId& identity);

  /// The last such change. It is resolved once people have approved deletes of the account again,
  /// as the approvals show.
  [[nodiscard]] Result<std::optional<OwnChange>> distrusted() const;

 private:
  [[nodiscard]] Result<std::optional<Timestamp>> accepted() const;
  Result<void> raise(Timestamp at);

  std::shared_ptr<Database> database_;
  AccountId account_;
};

}  // namespace authzd
