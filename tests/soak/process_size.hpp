// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What this process takes of the machine, as the kernel counts it.
#pragma once

#include <cstddef>
#include <filesystem>

namespace authzd::soak {

struct ProcessSize {
  std::size_t resident = 0;     // bytes
  std::size_t descriptors = 0;  // open files and sockets
  std::size_t database = 0;     // bytes of the state's files
};

/// `state`: the database; what lies beside it under the same name counts as well.
ProcessSize process_size(const std::filesystem::path& state);

}  // namespace authzd::soak
