// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the kernel reports about this process, for the standard process_* metrics.
#pragma once

#include <cstddef>

namespace authzd {

/// Unreadable values are 0.
struct ProcessFacts {
  double cpu_seconds = 0;
  double start_time_seconds = 0;  // since 1970
  std::size_t resident_bytes = 0;
  std::size_t virtual_bytes = 0;
  std::size_t open_descriptors = 0;
  std::size_t max_descriptors = 0;
};

ProcessFacts read_process_facts();

}  // namespace authzd
