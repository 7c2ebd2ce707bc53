// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One account of the daemon with the sandbox as its IAM, in this process, on a virtual clock. They
// speak over real sockets, and each write has its line in an audit file.
#pragma once

#include "daemon/net/http_server.hpp"
#include "daemon/net/supervisor.hpp"
#include "daemon/sandbox/service.hpp"
#include "daemon/service/daemon.hpp"
#include "tests/support/virtual_clock.hpp"

#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <memory>

namespace authzd::soak {

class SoakAccount {
 public:
  /// The sandbox must have the demo's accounts and keys. All must outlive this.
  SoakAccount(sandbox::SandboxService& service,
              test::VirtualClock& clock,
              const std::filesystem::path& manifests,
              const std::filesystem::path& state,
              std::uint64_t seed);
  ~SoakAccount();

  /// One cycle, and then half an hour: 10,000 of them are more than twice the time for which
  /// the state keeps its history, so that it must have levelled off by half-way.
  CycleEnd cycle();

  /// What only the harness remembers, so that what grows is the daemon.
  void forget_history();

 private:
  sandbox::SandboxService& service_;
  test::VirtualClock& clock_;
  test::SeededRandomness randomness_;
  boost::asio::io_context io_{1};
  Supervisor servers_;
  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<AccountRuntime> account_;
  StopToken stop_;
};

}  // namespace authzd::soak
