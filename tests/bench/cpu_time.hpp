// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// CPU that this process has used, in user and in system mode together.
#pragma once

#include <chrono>
#include <sys/resource.h>

namespace authzd::bench {

inline std::chrono::microseconds cpu_time() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

}  // namespace authzd::bench
