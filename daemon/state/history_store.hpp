// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What is remembered of each object between cycles: how often the same write was needed, and when
// it was last tried (reconciler/plan/stall).
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

  /// Makes this the whole of what is remembered. Writes nothing where nothing has changed.
  Result<void> replace(const ObjectHistories& histories);

 private:
  std::shared_ptr<Database> database_;
  AccountId account_;
};

}  // namespace authzd
