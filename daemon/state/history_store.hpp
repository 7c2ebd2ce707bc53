// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The history of each object between cycles: how often the same write was needed, and its last
// attempt (reconciler/plan/stall).
#pragma once

#include "daemon/state/database.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/plan/stall.hpp"

#include <memory>

namespace authzd {

class HistoryStore {
 public:
  HistoryStore(std::shared_ptr<Database> database, AccountId account);

  [[nodiscard]] Result<ObjectHistories> all() const;

  /// Replaces everything. Writes nothing if nothing has changed.
  Result<void> replace(const ObjectHistories& histories);

 private:
  std::shared_ptr<Database> database_;
  AccountId account_;
};

}  // namespace authzd
