// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a daemon meets in a month: commits, edits by hand, and every fault of the network. Drawn by
// chance from a seed.
#pragma once

#include "daemon/sandbox/service.hpp"
#include "tests/support/sandbox_faults.hpp"
#include "tests/support/virtual_clock.hpp"

#include <filesystem>
#include <vector>

namespace authzd::soak {

class Weather {
 public:
  /// All must outlive this. Manifests are written to `directory`.
  Weather(sandbox::SandboxService& service,
          test::VirtualClock& clock,
          std::filesystem::path directory,
          std::uint64_t seed);

  /// Before each cycle: perhaps a commit, perhaps an edit, perhaps a fault.
  void change();

  /// No faults any more, and every manifest there.
  void clear_up();

 private:
  bool chance(double probability) { return randomness_.next01() < probability; }
  std::size_t pick(std::size_t count);
  void write_manifest(std::size_t which, bool delegates) const;
  void commit();
  void edit_by_hand();

  sandbox::SandboxService& service_;
  test::VirtualClock& clock_;
  std::filesystem::path directory_;
  test::SeededRandomness randomness_;
  std::vector<test::NamedFault> faults_;
};

}  // namespace authzd::soak
