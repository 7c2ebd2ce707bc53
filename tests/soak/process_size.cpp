// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/soak/process_size.hpp"

#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>

namespace authzd::soak {
namespace {

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  const auto count = std::distance(begin(all), end(all));
  return static_cast<std::size_t>(count) - 1;  // without the one that counts
}

std::size_t database_bytes(const std::filesystem::path& state) {
  std::size_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(state.parent_path())) {
    const bool is_part = file.path().filename().string().starts_with(state.filename().string());
    if (is_part && file.is_regular_file()) bytes += file.file_size();
  }
  return bytes;
}

}  // namespace

ProcessSize process_size(const std::filesystem::path& state) {
  return {resident_bytes(), open_descriptors(), database_bytes(state)};
}

}  // namespace authzd::soak
