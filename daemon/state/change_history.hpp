// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What an account's ledger knows of changes in the past, for people who look back. It reads only,
// and a bounded part of the ledger, however long that is.
#pragma once

#include "daemon/state/database.hpp"
#include "daemon/state/run_record.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace authzd {

/// Which changes are asked for.
struct PastQuery {
  std::size_t most_scanned = 1'000;     // of the account's newest writes
  std::optional<PolicyId> policy = {};  // that was changed, made or deleted; none: any
  bool reverts_others = false;          // only what set back a change of somebody else
};

/// A change without its content.
struct PastMark {
  ActionRef ref;
  Timestamp at = {};  // when its first write was about to be sent

  bool operator==(const PastMark&) const = default;
};

struct PastChange {
  RunStart run;
  RecordedAction action;
  Timestamp at = {};
};

class ChangeHistory {
 public:
  ChangeHistory(std::shared_ptr<Database> database, AccountId account);

  /// The newest first. Actions that sent no write are not among them.
  [[nodiscard]] Result<std::vector<PastMark>> find(const PastQuery& query) const;

  /// Errors: not_found, if its run was removed meanwhile.
  [[nodiscard]] Result<PastChange> read(const PastMark& mark) const;

 private:
  std::shared_ptr<Database> database_;
  AccountId account_;
};

}  // namespace authzd
