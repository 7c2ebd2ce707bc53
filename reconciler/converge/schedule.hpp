// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// When the next cycle starts.
#pragma once

#include <chrono>
#include <cstddef>

namespace authzd {

struct Schedule {
  std::chrono::milliseconds interval{300'000};
  double jitter = 0.1;                       // a fraction of the interval, to either side
  std::chrono::milliseconds min_gap{5'000};  // between the starts of two cycles, pokes included
};

/// How long to wait after a cycle that ended now and took `took`, where nobody pokes. `random01`
/// spreads accounts and hosts: uniform in interval ± jitter, counted from the start of the cycle.
std::chrono::milliseconds regular_wait(const Schedule& schedule,
                                       std::chrono::milliseconds took,
                                       double random01);

/// How long a poke must still wait: two cycles never start closer than the gap.
std::chrono::milliseconds poked_wait(const Schedule& schedule,
                                     std::chrono::milliseconds since_start);

/// How long the first cycle of an account waits, which is one of `accounts` that start together and
/// in that `place` among them, from 0: they follow each other, 20 in a second or all within half of
/// the interval. The first one, and one alone, starts at once. `random01` spreads hosts.
std::chrono::milliseconds first_wait(const Schedule& schedule,
                                     std::size_t place,
                                     std::size_t accounts,
                                     double random01);

/// The schedule of an account whose last `faults` cycles all ended in a fault of ours: each doubles
/// interval and gap, up to an hour; what is longer without a fault stays as it is.
Schedule backed_off(Schedule schedule, std::size_t faults);

}  // namespace authzd
