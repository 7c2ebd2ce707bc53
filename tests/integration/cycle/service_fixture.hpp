// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The daemon's loops on a virtual clock, for one or two accounts, with the sandbox.
#pragma once

#include "tests/integration/cycle/cycle_fixture.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace authzd::test {

class ServiceTest : public CycleTest {
 protected:
  struct Seen {
    Timestamp at;
    std::string account;
    bool failed = false;
  };

  void SetUp() override;

  /// An account as opened by a start or a reload: "first" or "second", with the mode in `spec`.
  std::shared_ptr<AccountRuntime> open(const std::string& name,
                                       const std::string& fingerprint = {});

  Log log();

  void make(Accounts accounts, std::function<Result<Accounts>()> reload = {});

  /// Runs until `is_enough`, checked after each cycle.
  void run_until(const std::function<bool()>& is_enough);

  /// When the cycles of that account ended.
  [[nodiscard]] std::vector<Timestamp> cycles_of(const std::string& name) const;

  std::shared_ptr<Source> source;          // of later accounts; null: the manifests' directory
  std::shared_ptr<RolloutKeeper> rollout;  // of later accounts; null: there are no waves
  std::function<void(const HttpRequest&)> on_request;  // of accounts opened from now on
  std::unique_ptr<Daemon> daemon;
  std::vector<Seen> seen;
  std::function<void(const std::string&)> after_cycle;
};

}  // namespace authzd::test
