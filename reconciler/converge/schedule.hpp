// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// When the next cycle starts.
#pragma once

#include <chrono>
#include <cstddef>

namespace authzd {

struct Schedule {
  std::chrono::milliseconds interval{300'000};
  double jitter = 0.1;                       // a fraction of the interval, in either direction
  std::chrono::milliseconds min_gap{5'000};  // between the starts of two cycles, including pokes
};

/// How long to wait after a cycle that ended now and took `took`, without a poke. `random01`
/// spreads accounts and hosts: uniform in interval ± jitter, counted from the start of the cycle.
std::chrono::milliseconds regular_wait(const Schedule& schedule,
                                       std::chrono::milliseconds took,
                                       double random01);

/// How long a poke must still wait: two cycles never start closer than the gap.
std::chrono::milliseconds poked_wait(const Schedule& schedule,
                                     std::chrono::milliseconds since_start);

/// How long the first cycle of an account waits. `accounts` start together, and `place` is the
/// account's place among them, from 0: their cycles start one after the other, 20 a second, or all
/// within half of the interval. The first one starts at once. `random01` spreads hosts.
std::chrono::milliseconds first_wait(const Schedule& schedule,
                                     std::size_t place,
                                     std::size_t accounts,
                                     double random01);

/// The schedule of an account whose last `faults` cycles all ended with an internal fault: each
/// doubles interval and gap, up to an hour; a longer configured value is kept.
Schedule backed_off(Schedule schedule, std::size_t faults);

}  // namespace authzd
