// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What one account's state knows of time: the latest that was ever trusted, and entries that a
// wrong clock wrote ahead of it.
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

  /// Takes a trusted time: keeps it, and sets what lies ahead of it to it (design §6: an entry in
  /// the future is treated as now), so that it gets older from here on. Writes nothing while what
  /// it kept before is younger than an hour and nothing lies ahead.
  Result<void> take(Timestamp now);

  /// Keeps it whatever was kept before: something is about to be written down by it.
  Result<void> keep(Timestamp now);

 private:
  [[nodiscard]] Result<bool> has_entries_after(Timestamp latest) const;
  Result<void> set_back(Timestamp latest, Timestamp now);

  std::shared_ptr<Database> database_;
  AccountId account_;
};

}  // namespace authzd
