// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the state may remove, so that its size stays bounded.
#pragma once

#include "daemon/state/database.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"

#include <chrono>
#include <cstddef>

namespace authzd {

struct Retention {
  std::size_t runs = 1'000;                                     // kept however old they are
  std::chrono::milliseconds age = std::chrono::hours(24 * 90);  // how long everything else is kept
  std::chrono::milliseconds settle = std::chrono::hours(24);    // how long own writes are kept
  std::chrono::milliseconds uses = std::chrono::hours(24 * 730);  // longer than any holdUsedWithin
  std::size_t step = 200;  // runs that one call removes at most
};

/// Removes, for one account: runs that wrote nothing, beyond the newest `runs` of them; runs that
/// wrote, beyond the newest `runs` and the age, unless a write has an unknown outcome; own writes
/// that no list can lag behind any more; and other entries older than the age. Cheap if there is
/// nothing to remove.
Result<void> forget_old(Database& database,
                        const AccountId& account,
                        const Retention& retention,
                        Timestamp now);

}  // namespace authzd
