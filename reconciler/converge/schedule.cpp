// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/converge/schedule.hpp"

#include <algorithm>
#include <cmath>

namespace authzd {

using std::chrono::milliseconds;

milliseconds regular_wait(const Schedule& schedule, milliseconds took, double random01) {
  const double factor = 1.0 + schedule.jitter * (2.0 * random01 - 1.0);
  const milliseconds period{std::llround(static_cast<double>(schedule.interval.count()) * factor)};
  return std::max(period - took, poked_wait(schedule, took));
}

milliseconds poked_wait(const Schedule& schedule, milliseconds since_start) {
  return std::max(schedule.min_gap - since_start, milliseconds{0});
}

}  // namespace authzd
