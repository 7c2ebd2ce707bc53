// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One account, its manifests in their own directory, and the sandbox: whole cycles on a virtual
// clock. After each test the account must be quiet: a cycle, a restart's first cycle and a dry run
// send no more writes.
#pragma once

#include "daemon/iam/iam.hpp"
#include "daemon/sandbox/json.hpp"
#include "daemon/sandbox/service.hpp"
#include "daemon/service/daemon.hpp"
#include "tests/support/direct_http.hpp"
#include "tests/support/run_async.hpp"
#include "tests/support/sandbox_faults.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/virtual_clock.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace authzd::test {

using sandbox::Json;

inline const std::string kDemoAccount = "a1234567a1234567a1234567a1234567";
inline const std::string kDemoKey = "k3y-that-nobody-may-ever-see";
/// Of the same identity, for lists of what it may read: only policies on kms.
inline const std::string kHalfSightedKey = "k3y-that-sees-half";
inline const std::string kReaderRole = "crn:v1:bluemix:public:iam::::serviceRole:Reader";
inline const std::string kDelegatorRole =
    "crn:v1:bluemix:public:iam::::role:AuthorizationDelegator";

/// A manifest: `source` may use `targets` as `role`.
std::string manifest_of(const std::string& name,
                        const std::string& source,
                        const std::vector<std::string>& targets,
                        const std::string& role = "Reader");

/// The process ends here, as by SIGKILL.
struct Killed : std::runtime_error {
  Killed() : std::runtime_error("killed") {}
};

class CycleTest : public ::testing::Test {
 protected:
  CycleTest();
  ~CycleTest() override;
  void TearDown() override;

  /// Adds the policies of the demo: made by a person, by services, by an enterprise template.
  void seed_demo();

  void write_file(const std::string& name, const std::string& text) const;
  void remove_file(const std::string& name) const;

  /// A new process on the same state. `may_write`: false is a dry run.
  void restart(bool may_write = true);

  /// Ends the process at once.
  void end_process();

  /// The state is new, or was lost: what is not in IAM is forgotten, including approvals.
  void lose_state();
  void approve_first_deletes();
  [[nodiscard]] AccountState state() const { return {database, spec.id}; }

  /// One cycle, and then some time.
  CycleEnd cycle();
  [[nodiscard]] const AccountStatus& status() const { return account->status(); }

  /// A cycle in which all writes must succeed.
  CycleEnd good_cycle();

  void inject(sandbox::Fault fault);
  void set(const std::string& name, const std::string& value);

  /// Someone changes a policy manually.
  void edit(const std::string& id, const Json& change);

  /// Active policies of any kind, in v2's format; those with our marker.
  [[nodiscard]] std::vector<Json> policies();
  [[nodiscard]] std::vector<Json> ours();
  [[nodiscard]] std::string only_id();
  [[nodiscard]] std::size_t unsafe() const { return service.counters().unsafe; }
  [[nodiscard]] std::size_t sent(const std::string& method) const;
  [[nodiscard]] std::string logged() const;

  boost::asio::io_context io{1};
  VirtualClock clock;
  SeededRandomness randomness{7};
  SeededRandomness sandbox_randomness{11};
  sandbox::SandboxService service{sandbox_randomness};
  test::TempFolder temporary;
  const std::filesystem::path directory = temporary.path();
  AccountSpec spec;
  IamOptions iam;
  std::string key = kDemoKey;
  std::filesystem::path state_file;  // of later states; empty: in memory
  std::shared_ptr<Database> database;
  std::vector<std::shared_ptr<WriteObserver>> observers;  // of the next process
  DirectHttp* http = nullptr;                             // of the current process
  std::vector<std::string> seen_tokens;
  std::vector<std::string> lines;  // of the log, every level
  std::unique_ptr<AccountRuntime> account;
  StopToken stop;
  bool must_be_quiet = true;  // false: a scenario that never becomes quiet, with the reason
  std::chrono::minutes pause{5};

 private:
  void check_secrets() const;

  bool may_write_ = true;
  bool left_undone_ = false;
};

std::string description_of(const Json& policy);
std::string role_of(const Json& policy);
std::string target_of(const Json& policy);

}  // namespace authzd::test
