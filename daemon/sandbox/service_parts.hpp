// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The parts of SandboxService, for the files that implement it.
#pragma once

#include "daemon/sandbox/service.hpp"
#include "daemon/sandbox/world.hpp"

#include <utility>

namespace authzd::sandbox {

struct SandboxService::Parts {
  explicit Parts(Randomness& random) : world(random) {}

  void record(LoggedRequest request, bool token) {
    ++counters.requests;
    if (token) {
      ++counters.tokens;
    } else if (request.method != "GET") {
      ++counters.unsafe;
    }
    if (request.wrote) ++counters.writes;
    // A sandbox that runs for weeks keeps only the newest.
    if (std::ssize(log) == kMostLogged) log.erase(log.begin(), log.begin() + kMostLogged / 2);
    log.push_back(std::move(request));
    if (listener) listener(log.back());
  }

  static constexpr std::ptrdiff_t kMostLogged = 20'000;

  World world;
  Faults faults;
  std::vector<LoggedRequest> log;
  Counters counters;
  std::chrono::milliseconds clock_offset{0};
  std::string seed_text;
  std::string seed_file;
  bool admin_allowed = true;
  std::function<void(const LoggedRequest&)> listener;
};

}  // namespace authzd::sandbox
