// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A daemon with one account at its admin socket, and the sandbox. No cycle runs by itself:
// everything happens at the request of clients.
#pragma once

#include "daemon/app/admin_commands.hpp"
#include "daemon/sandbox/json.hpp"
#include "daemon/sandbox/service.hpp"
#include "tests/integration/admin/admin_fixture.hpp"
#include "tests/support/direct_http.hpp"
#include "tests/support/virtual_clock.hpp"

namespace authzd::test {

/// Of the daemon, and of its clients.
inline const std::string kConfig = "/etc/authzd/authzd.yaml";

class DeskTest : public AdminTest {
 protected:
  DeskTest();
  ~DeskTest() override { end_server(); }

  /// The account, as opened by a start or a reload with `spec`; `http` is its client.
  std::shared_ptr<AccountRuntime> open(const std::string& fingerprint = {});

  /// Makes the daemon listen. Call it after the manifests are written.
  void start();

  /// Has the daemon perform what was typed, or says what is wrong with it.
  int call(const std::vector<std::string>& words, TestConsole& console);
  static Result<CommandCall> call_of(const std::vector<std::string>& words);

  /// As call(), and the daemon's cycles begin as soon as the command waits for something.
  int call_with_cycles(const std::vector<std::string>& words, TestConsole& console);

  void write_manifest(const std::string& name,
                      const std::vector<std::string>& targets,
                      const std::string& source = "server-protect");

  /// Active policies with our marker.
  [[nodiscard]] std::size_t ours();

  AccountState& state() { return account->state(); }

  VirtualClock clock;
  SeededRandomness randomness{7};
  SeededRandomness sandbox_randomness{11};
  sandbox::SandboxService sandbox{sandbox_randomness};
  AccountSpec spec;
  Environment environment;
  DirectHttp* http = nullptr;
  std::shared_ptr<AccountRuntime> account;
  std::unique_ptr<Daemon> daemon;
  std::unique_ptr<AdminCommands> commands;
  std::function<void()> on_call;  // before the daemon performs it
  std::optional<unsigned> login;  // of the caller, instead of the test's own
  /// The source of the next account, instead of the given directory.
  std::function<std::shared_ptr<Source>(std::shared_ptr<Source>)> wrap_source;
  std::function<Result<Accounts>()> reload;  // what the daemon reloads; null: nothing
};

}  // namespace authzd::test
