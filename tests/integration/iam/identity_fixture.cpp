// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/integration/iam/identity_fixture.hpp"

#include <fstream>
#include <stdexcept>
#include <utility>

namespace authzd::test {
namespace {

std::string seed() {
  const std::string account = R"("account": ")" + kAccount + R"(", )";
  return R"({"api_keys": [{"key": ")" + kKey + R"(", )" + account +
         R"("iam_id": "iam-ServiceId-1"}], "profiles": [
           {"id": "Profile-linked", "name": "linked", "crn": "crn:linked", )" +
         account + R"("iam_id": "iam-Profile-linked"},
           {"id": ")" +
         kProfileId + R"(", "name": ")" + kProfileName + R"(", "crn": ")" + kProfileCrn + R"(", )" +
         account + R"("iam_id": "iam-Profile-1"}]})";
}

}  // namespace

IdentityTest::IdentityTest() {
  if (auto done = service.seed(seed(), "seed", clock.now()); !done) {
    throw std::logic_error(done.error().message);
  }
}

IdentityTest::~IdentityTest() {}

void IdentityTest::TearDown() {
  const auto* direct = dynamic_cast<DirectHttp*>(metadata.get());
  if (direct != nullptr) {
    secrets.insert(secrets.end(), direct->tokens().begin(), direct->tokens().end());
  }
  secrets.insert(secrets.end(), http.tokens().begin(), http.tokens().end());
  for (const std::string& text : seen) {
    for (const std::string& secret : secrets) {
      EXPECT_EQ(text.find(secret), std::string::npos) << "a secret is shown: " << text;
    }
  }
}

void IdentityTest::start(Credential credential) {
  const IamOptions options{.account = AccountId{kAccount}};
  const auto keep = [this](std::string_view line) { seen.emplace_back(line); };
  const auto now = [this] { return clock.now(); };
  const IamSeams seams{.http = http,
                       .clock = clock,
                       .randomness = randomness,
                       .total = {},
                       .log = Log::to_sink(keep, now, true, LogLevel::debug),
                       .metadata = metadata};
  session = make_session(options, seams, std::move(credential));
}

std::string IdentityTest::who() {
  // This shows more than a claim: IAM accepted the token.
  const auto reply = run(io, session->call({"GET", "/v2/policies?account_id=" + kAccount}));
  const auto bearer = run(io, session->token());
  if (bearer && reply) return bearer->claims.iam_id.value;
  seen.push_back(to_string(reply ? bearer.error() : reply.error()));
  return "error: " + seen.back();
}

std::string IdentityTest::write_file(const std::string& name, const std::string& secret) {
  if (!secret.empty()) secrets.push_back(secret);
  const auto path = directory / name;
  std::ofstream(path, std::ios::binary) << secret << '\n';
  return path.string();
}

void IdentityTest::set(const std::string& name, const std::string& value) {
  if (auto done = service.set(name, value); !done) throw std::logic_error(done.error().message);
}

void IdentityTest::inject(sandbox::Fault fault) {
  if (!service.inject(std::move(fault))) throw std::logic_error("a bad fault");
}

}  // namespace authzd::test
