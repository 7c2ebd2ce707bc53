// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Whether one account's state is older than the account: a state that was restored from a backup,
// or that a second installation works beside, does not account for the newest change that our own
// identities made in IAM.
#pragma once

#include "daemon/state/database.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"

#include <chrono>
#include <memory>
#include <optional>

namespace authzd {

/// A change in IAM by one of our identities, to a policy with our marker.
struct OwnChange {
  PolicyId policy;
  Timestamp at = {};  // by IAM's clock

  bool operator==(const OwnChange&) const = default;
};

class ChangeMark {
 public:
  ChangeMark(std::shared_ptr<Database> database, AccountId account);

  /// Changes of ours up to then are accounted for: by what writes came back with and, of a write
  /// whose outcome no reply told, until `settle` after it was sent. None: the state is new.
  [[nodiscard]] Result<std::optional<Timestamp>> accounted_until(
      std::chrono::milliseconds settle) const;

  /// A change of ours at that time is accounted for. Writes nothing where it is already.
  Result<void> accept(Timestamp at);

  /// The state does not account for this change: nothing that people approved or an undo pinned in
  /// it counts any more, and deletes wait for their first approval again. Once for each change.
  Result<void> distrust(const OwnChange& change);

  /// The last such change. It is got over once people have approved deletes of the account again,
  /// which the approvals tell.
  [[nodiscard]] Result<std::optional<OwnChange>> distrusted() const;

 private:
  [[nodiscard]] Result<std::optional<Timestamp>> accepted() const;

  std::shared_ptr<Database> database_;
  AccountId account_;
};

}  // namespace authzd
