// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the state may forget, so that its size levels off.
#pragma once

#include "daemon/state/database.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"

#include <chrono>
#include <cstddef>

namespace authzd {

struct Retention {
  std::size_t runs = 1'000;  // that are kept however old they are
  std::chrono::milliseconds age = std::chrono::hours(24 * 90);    // for which all else is kept
  std::chrono::milliseconds settle = std::chrono::hours(24);      // for which own writes are kept
  std::chrono::milliseconds uses = std::chrono::hours(24 * 730);  // longer than any holdUsedWithin
  std::size_t step = 200;  // runs that one call forgets at most
};

/// Forgets, of one account: runs that wrote nothing, beyond the newest `runs` of them; runs that
/// wrote, beyond the newest `runs` and past the age, but none with a write of unknown outcome;
/// own writes that no list can lag
/// behind any more; and what has passed by for longer than the age. Cheap where there is nothing to
/// forget.
Result<void> forget_old(Database& database,
                        const AccountId& account,
                        const Retention& retention,
                        Timestamp now);

}  // namespace authzd
