// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One account's session over the sandbox, with any kind of credential, on a virtual clock. After
// each test the log is searched for every secret that was used.
#pragma once

#include "daemon/iam/iam.hpp"
#include "daemon/iam/session.hpp"
#include "daemon/sandbox/service.hpp"
#include "tests/support/direct_http.hpp"
#include "tests/support/run_async.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/virtual_clock.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace authzd::test {

inline const std::string kAccount = "a1234567a1234567a1234567a1234567";
inline const std::string kKey = "k3y-that-nobody-may-ever-see";
inline const std::string kComputeToken = "compute-t0ken-that-nobody-may-ever-see";
inline const std::string kProfileId = "Profile-51042d7f-f0df-4915-bd39-6a49957c9175";
inline const std::string kProfileName = "authzd-in-kubernetes";
inline const std::string kProfileCrn =
    "crn:v1:bluemix:public:iam-identity::a/" + kAccount + "::profile:" + kProfileId;

class IdentityTest : public ::testing::Test {
 protected:
  IdentityTest();
  ~IdentityTest() override;
  void TearDown() override;

  /// A new process with that credential.
  void start(Credential credential);

  /// The identity of the token that calls use; or "error: …".
  std::string who();

  /// The file's path; its content counts as a secret.
  std::string write_file(const std::string& name, const std::string& secret);

  void set(const std::string& name, const std::string& value);
  void inject(sandbox::Fault fault);

  boost::asio::io_context io{1};
  VirtualClock clock;
  SeededRandomness randomness{7};
  SeededRandomness sandbox_randomness{11};
  sandbox::SandboxService service{sandbox_randomness};
  DirectHttp http{service, clock};
  std::shared_ptr<HttpClient> metadata = std::make_shared<DirectHttp>(service, clock);
  test::TempFolder temporary;
  const std::filesystem::path directory = temporary.path();
  std::vector<std::string> secrets{kKey, kComputeToken};
  std::vector<std::string> seen;  // log lines and errors
  std::shared_ptr<Session> session;
};

}  // namespace authzd::test
