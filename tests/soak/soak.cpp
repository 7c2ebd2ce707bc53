// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Thousands of cycles under faults in one process, which must not grow: memory, descriptors and
// database are as large at the end as they were half-way.
// usage: soak [CYCLES [SEED]]

#include "tests/soak/process_size.hpp"
#include "tests/soak/soak_account.hpp"
#include "tests/soak/weather.hpp"
#include "tests/support/source_tree.hpp"
#include "tests/support/temp_folder.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <malloc.h>
#include <stdexcept>
#include <string>

namespace authzd::soak {
namespace {

constexpr std::size_t kCheckpoints = 10;
constexpr std::size_t kCyclesToHeal = 50;  // failed writes back off
constexpr std::size_t kMemorySlack = std::size_t{1} << 20U;
constexpr std::size_t kDatabaseSlack = std::size_t{256} << 10U;
constexpr std::size_t kDescriptorSlack = 4;  // an idle connection has both its ends here

struct Tally {
  std::size_t failed_cycles = 0;
  std::size_t writes = 0;
  std::size_t failed_writes = 0;

  void add(const CycleEnd& end) {
    if (end.error) ++failed_cycles;
    if (!end.performed) return;
    const PerformedCounts counts = count(*end.performed);
    writes += counts.created + counts.updated + counts.deleted;
    failed_writes += counts.failed;
  }
};

void seed_demo(sandbox::SandboxService& service, Timestamp now) {
  std::ifstream file(test::source_path("daemon/sandbox/seed/demo.json"));
  const std::string text(std::istreambuf_iterator<char>(file), {});
  if (!service.seed(text, "demo", now)) throw std::logic_error("a bad seed");
  // The sandbox forgets as well.
  if (!service.set("deleted-retention", "1h")) throw std::logic_error("no such switch");
}

void print_row(std::size_t cycles, const ProcessSize& size, const Tally& tally) {
  std::printf("%8zu  %8.1f  %5zu  %8.1f  %8zu  %8zu  %8zu\n",
              cycles,
              static_cast<double>(size.resident) / 1048576.0,
              size.descriptors,
              static_cast<double>(size.database) / 1024.0,
              tally.writes,
              tally.failed_writes,
              tally.failed_cycles);
  std::fflush(stdout);
}

/// What is too large at the end for what it was half-way; empty: nothing.
std::string growth(const ProcessSize& half_way, const ProcessSize& end) {
  std::string grown;
  if (end.resident > half_way.resident + half_way.resident / 20 + kMemorySlack) grown += " memory";
  if (end.descriptors > half_way.descriptors + kDescriptorSlack) grown += " descriptors";
  if (end.database > half_way.database + half_way.database / 10 + kDatabaseSlack) {
    grown += " database";
  }
  return grown;
}

int soak(std::size_t cycles, std::uint64_t seed) {
  const test::TempFolder directory;
  std::filesystem::create_directory(directory.path() / "manifests");
  const auto manifests = directory.path() / "manifests";
  const auto state = directory.path() / "state.db";
  test::VirtualClock clock;
  test::SeededRandomness chance(seed);
  sandbox::SandboxService service(chance);
  seed_demo(service, clock.now());
  Weather weather(service, clock, manifests, seed + 1);
  SoakAccount account(service, clock, manifests, state, seed + 2);

  std::printf("%zu cycles, seed %llu\n", cycles, static_cast<unsigned long long>(seed));
  std::printf("  cycles  MiB resid.    fds  KiB state    writes    failed  no cycle\n");
  Tally tally;
  ProcessSize half_way;
  ProcessSize end;
  for (std::size_t i = 1; i <= cycles; ++i) {
    weather.change();
    tally.add(account.cycle());
    account.forget_history();
    if (i * kCheckpoints / cycles == (i - 1) * kCheckpoints / cycles) continue;
    malloc_trim(0);  // what is free is not in use
    end = process_size(state);
    if (i * 2 <= cycles) half_way = end;
    print_row(i, end, tally);
  }

  weather.clear_up();
  CycleEnd last;
  for (std::size_t i = 0; i < kCyclesToHeal; ++i) last = account.cycle();
  const std::string grown = growth(half_way, end);
  const bool healed = last.performed && last.performed->planned.plan.actions.empty();
  if (!grown.empty()) std::printf("grown in the second half:%s\n", grown.c_str());
  if (!healed) std::printf("the account has not converged after the faults had ended\n");
  if (!grown.empty() || !healed) return 1;
  std::printf("level, and converged\n");
  return 0;
}

}  // namespace
}  // namespace authzd::soak

int main(int argc, char** argv) {
  const std::size_t cycles = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  return cycles < 20 ? 64 : authzd::soak::soak(cycles, seed);
}
