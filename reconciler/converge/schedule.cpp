// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/converge/schedule.hpp"

#include <algorithm>
#include <cmath>

namespace authzd {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds kLongest = std::chrono::hours(1);
constexpr milliseconds kBetweenStarts{50};

milliseconds doubled(milliseconds wait, std::size_t times) {
  for (; times > 0 && wait.count() > 0 && wait < kLongest; --times) {
    wait = std::min(2 * wait, kLongest);
  }
  return wait;
}

}  // namespace

milliseconds regular_wait(const Schedule& schedule, milliseconds took, double random01) {
  const double factor = 1.0 + schedule.jitter * (2.0 * random01 - 1.0);
  const milliseconds period{std::llround(static_cast<double>(schedule.interval.count()) * factor)};
  return std::max(period - took, poked_wait(schedule, took));
}

milliseconds poked_wait(const Schedule& schedule, milliseconds since_start) {
  return std::max(schedule.min_gap - since_start, milliseconds{0});
}

milliseconds first_wait(const Schedule& schedule,
                        std::size_t place,
                        std::size_t accounts,
                        double random01) {
  if (place == 0) return milliseconds(0);
  const double widest = static_cast<double>(schedule.interval.count()) / 2;
  const double step = std::min(static_cast<double>(kBetweenStarts.count()),
                               widest / static_cast<double>(std::max(accounts, place + 1)));
  return milliseconds(std::llround(step * (static_cast<double>(place - 1) + random01)));
}

Schedule backed_off(Schedule schedule, std::size_t faults) {
  schedule.interval = doubled(schedule.interval, faults);
  schedule.min_gap = doubled(schedule.min_gap, faults);
  return schedule;
}

}  // namespace authzd
