// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Tokens (iam-api §7).
#include "tests/unit/sandbox/bench.hpp"

#include <gtest/gtest.h>

namespace authzd::sandbox {
namespace {

using namespace std::chrono_literals;

HttpResponse grant(Bench& bench, const std::string& form) {
  return bench.raw(
      {"POST", "/identity/token", {}, "grant_type=urn:ibm:params:oauth:grant-type:" + form});
}

TEST(SandboxToken, IsGivenForAnApiKey) {
  Bench bench;

  const Json token = json_of(grant(bench, "apikey&apikey=key"));

  EXPECT_EQ(token.at("expires_in"), 3600);
  EXPECT_EQ(token.at("refresh_token"), "not_supported");
  EXPECT_EQ(token.at("token_type"), "Bearer");
}

TEST(SandboxToken, IsRefusedForAnUnknownKeyInTheTokenShape) {
  Bench bench;

  const auto reply = grant(bench, "apikey&apikey=wrong");

  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(json_of(reply).at("errorCode"), "BXNIM0415E");
  EXPECT_EQ(json_of(reply).at("errorMessage"), "Provided API key could not be found.");
}

TEST(SandboxToken, StopsWorkingWhenItExpiresOrIsRevoked) {
  Bench bench;
  const HttpRequest request{"GET",
                            "/v2/policies?account_id=" + kAccount,
                            {{"Authorization", "Bearer " + bench.token("key")}}};

  EXPECT_EQ(bench.raw(request).status, 200);
  bench.now += 1h;
  const auto late = bench.raw(request);

  EXPECT_EQ(late.status, 401);
  EXPECT_EQ(error_of(late).at("message"), "The provided IAM token is invalid.");
}

TEST(SandboxToken, IsGivenToAComputeResourceWithAProfile) {
  Bench bench;

  EXPECT_EQ(grant(bench, "cr-token&cr_token=x&profile_id=Profile-1").status, 200);
  EXPECT_EQ(grant(bench, "cr-token&cr_token=x&profile_id=Profile-2").status, 400);
  EXPECT_EQ(grant(bench, "assume&profile_id=Profile-1&access_token=" + bench.token("key")).status,
            200);
}

TEST(SandboxToken, IsGivenByTheMetadataServiceInBothVersions) {
  Bench bench;
  const HttpHeaders flavor{{"Metadata-Flavor", "ibm"}};
  const std::pair<std::string, std::string> versions[] = {
      {"/instance_identity/v1/iam_token", "?version=2022-03-01"},
      {"/identity/v1/iam_tokens", "?version=2025-08-26"}};
  for (const auto& [path, version] : versions) {
    const std::string first = path.substr(0, path.rfind('/')) + "/token" + version;
    const Json identity = json_of(bench.raw({"PUT", first, flavor, R"({"expires_in": 300})"}));
    HttpHeaders headers = flavor;
    headers.push_back(
        {"Authorization", "Bearer " + identity.at("access_token").get<std::string>()});

    EXPECT_EQ(bench.raw({"POST", path + version, headers, "{}"}).status, 200) << path;
    EXPECT_EQ(bench.raw({"POST", path + "?version=1", headers, "{}"}).status, 400) << path;
    EXPECT_EQ(bench.raw({"POST", path + version, {}, "{}"}).status, 400) << path;
  }
  EXPECT_EQ(bench.service.counters().unsafe, 0U);
}

TEST(SandboxToken, IsNotGivenByAMetadataServiceThatIsOff) {
  Bench bench;
  bench.set("metadata-paths", "none");

  const auto reply = bench.raw({"PUT",
                                "/instance_identity/v1/token?version=2022-03-01",
                                {{"Metadata-Flavor", "ibm"}},
                                "{}"});

  EXPECT_EQ(reply.status, 404);
}

TEST(SandboxAdmin, RotatesNoKeyThatIsNotThere) {
  Bench bench;
  const auto rotate = [&bench](const std::string& body) {
    return bench.raw({"POST", "/sandbox/v1/api_keys", {}, body}).status;
  };
  EXPECT_EQ(rotate(R"({"from": "no-key", "to": "x"})"), 404);
  EXPECT_EQ(rotate(R"({"from": "key"})"), 400);
  EXPECT_EQ(rotate(R"({"from": "key", "to": "x"})"), 204);
}

TEST(SandboxToken, OutlivesTheRotationOfItsKey) {
  Bench bench;
  const HttpRequest request{"GET",
                            "/v2/policies?account_id=" + kAccount,
                            {{"Authorization", "Bearer " + bench.token("key")}}};

  ASSERT_TRUE(bench.service.rotate_key("key", "new-key"));

  EXPECT_EQ(grant(bench, "apikey&apikey=key").status, 400);
  EXPECT_EQ(grant(bench, "apikey&apikey=new-key").status, 200);
  EXPECT_EQ(bench.raw(request).status, 200);
}

}  // namespace
}  // namespace authzd::sandbox
