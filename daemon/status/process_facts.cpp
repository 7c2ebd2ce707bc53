// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/status/process_facts.hpp"

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace authzd {
namespace {

std::string read_text(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The fields of /proc/self/stat from the third on: the second is a name in brackets, which may
/// contain spaces and brackets itself.
std::vector<std::string> stat_fields() {
  const std::string text = read_text("/proc/self/stat");
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream rest(text.substr(name_end + 1));
  return {std::istream_iterator<std::string>(rest), {}};
}

/// Field `number` of proc(5)'s list for /proc/[pid]/stat.
std::uint64_t field(const std::vector<std::string>& fields, std::size_t number) {
  constexpr std::size_t kFirst = 3;
  if (number - kFirst >= fields.size()) return 0;
  std::uint64_t value = 0;
  std::istringstream(fields[number - kFirst]) >> value;
  return value;
}

double seconds_of(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// When the host was started. Not from /proc/stat, which our unit's sandbox hides.
double boot_time_seconds() {
  return seconds_of(CLOCK_REALTIME) - seconds_of(CLOCK_BOOTTIME);
}

std::size_t count_descriptors() {
  std::error_code ec;
  std::size_t count = 0;
  std::filesystem::directory_iterator entry("/proc/self/fd", ec);
  for (; !ec && entry != std::filesystem::directory_iterator(); entry.increment(ec)) ++count;
  return count - std::min<std::size_t>(count, 1);  // one is the iterator's own
}

}  // namespace

ProcessFacts read_process_facts() {
  const std::vector<std::string> fields = stat_fields();
  const auto ticks_per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  ProcessFacts facts;
  facts.cpu_seconds = static_cast<double>(field(fields, 14) + field(fields, 15)) / ticks_per_second;
  facts.start_time_seconds =
      boot_time_seconds() + static_cast<double>(field(fields, 22)) / ticks_per_second;
  facts.virtual_bytes = field(fields, 23);
  facts.resident_bytes = field(fields, 24) * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  facts.open_descriptors = count_descriptors();
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) facts.max_descriptors = limit.rlim_cur;
  return facts;
}

}  // namespace authzd
