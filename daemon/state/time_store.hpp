// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One account's times: the latest trusted time, and entries that a wrong clock wrote in the future.
#pragma once

#include "daemon/state/database.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"

#include <memory>
#include <optional>

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

}  // namespace authzd
