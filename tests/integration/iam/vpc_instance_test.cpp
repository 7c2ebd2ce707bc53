// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The identity of a virtual server of VPC (iam-api §7.2).
#include "daemon/net/http_server.hpp"
#include "daemon/net/supervisor.hpp"
#include "daemon/sandbox/service.hpp"
#include "tests/integration/iam/identity_fixture.hpp"

#include <gmock/gmock.h>

namespace authzd::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class VpcInstance : public IdentityTest {
 protected:
  void start_as(const std::string& profile) {
    AuthConfig auth;
    auth.base = VpcInstanceAuth{profile};
    start(Credential(auth));
  }

  /// Metadata requests by the path's first segment.
  [[nodiscard]] std::size_t sent_to(const std::string& prefix) const {
    std::size_t count = 0;
    for (const auto& each : service.log()) count += each.target.starts_with(prefix) ? 1U : 0U;
    return count;
  }
};

struct Service {
  std::string paths;
  std::string member;
};

class EveryVersion : public VpcInstance, public ::testing::WithParamInterface<Service> {};

TEST_P(EveryVersion, GivesATokenOfTheLinkedProfile) {
  set("metadata-paths", GetParam().paths);
  set("metadata-member", GetParam().member);
  start_as("");

  EXPECT_EQ(who(), "iam-Profile-linked");
}

INSTANTIATE_TEST_SUITE_P(OfTheMetadataService,
                         EveryVersion,
                         ::testing::Values(Service{"both", "access_token"},
                                           Service{"2022", "access_token"},
                                           Service{"2025", "access_token"},
                                           Service{"2025", "identity_token"}),
                         [](const auto& test) {
                           return "paths_" + test.param.paths + "_" + test.param.member;
                         });

TEST_F(VpcInstance, TakesOnTheProfileOfTheConfigurationByIdOrCrn) {
  start_as(kProfileId);
  EXPECT_EQ(who(), "iam-Profile-1");
  start_as(kProfileCrn);
  EXPECT_EQ(who(), "iam-Profile-1");
}

TEST_F(VpcInstance, GoesOnInTheVersionThatAnswered) {
  set("metadata-paths", "2025");
  start_as("");
  EXPECT_EQ(who(), "iam-Profile-linked");
  EXPECT_EQ(sent_to("/instance_identity/"), 1U);
  clock.advance(std::chrono::hours(1));

  EXPECT_EQ(who(), "iam-Profile-linked");

  EXPECT_EQ(sent_to("/instance_identity/"), 1U);
  EXPECT_EQ(sent_to("/identity/v1/"), 4U);
}

TEST_F(VpcInstance, SaysThatAProfileIsUnknown) {
  start_as("Profile-of-nobody");

  EXPECT_THAT(who(),
              AllOf(HasSubstr("the metadata service gave no token"),
                    HasSubstr("check that auth.vpcInstance.profile (Profile-of-nobody) exists")));
}

TEST_F(VpcInstance, SaysThatNoProfileIsLinked) {
  inject({.method = "POST", .path = "iam_token", .times = 0, .status = 400});
  start_as("");

  EXPECT_THAT(who(), HasSubstr("link a trusted profile to the instance, or name one in auth.vpc"));
}

TEST_F(VpcInstance, SaysThatTheMetadataServiceIsOff) {
  set("metadata-paths", "none");
  start_as("");

  EXPECT_THAT(who(),
              HasSubstr("only on a virtual server of VPC whose metadata service is enabled"));
}

TEST_F(VpcInstance, SaysThatNobodyAnswers) {
  inject({.path = "instance_identity", .times = 0, .cut = HttpReply::Cut::before_reply});
  start_as("");

  EXPECT_THAT(
      who(),
      AllOf(HasSubstr("the connection was closed"),
            HasSubstr("only on a virtual server of VPC whose metadata service is enabled")));
}

TEST_F(VpcInstance, TakesNoNonsenseForAToken) {
  for (const std::string body : {"<html>hello</html>", "{}", "[1]", R"({"access_token": 7})", ""}) {
    inject({.path = "instance_identity/v1/token", .times = 1, .status = 200, .body = body});
    start_as("");

    EXPECT_THAT(who(), HasSubstr("holds no instance identity token")) << body;
    service.clear_faults();
  }
}

TEST_F(VpcInstance, TakesNoNonsenseForAnIamToken) {
  inject({.path = "iam_token", .times = 1, .status = 200, .body = R"({"access_token":"x"})"});
  start_as("");

  EXPECT_THAT(who(), HasSubstr("is no JWT"));
}

TEST_F(VpcInstance, OutlivesAnOutageWithTheTokenThatItHas) {
  start_as("");
  EXPECT_EQ(who(), "iam-Profile-linked");
  inject({.path = "instance_identity", .times = 0, .cut = HttpReply::Cut::before_reply});

  clock.advance(std::chrono::minutes(55));
  EXPECT_EQ(who(), "iam-Profile-linked");
  clock.advance(std::chrono::minutes(10));
  EXPECT_THAT(who(), HasSubstr("error"));

  service.clear_faults();
  EXPECT_EQ(who(), "iam-Profile-linked");
}

TEST_F(VpcInstance, IsReachedOverASocketAtTheAddressOfTheConfiguration) {
  auto server = make_http_server(io.get_executor(), {});
  ASSERT_TRUE(server);
  Supervisor servers(io.get_executor(), Log());
  servers.start("sandbox", (*server)->serve(sandbox::handler_of(service, clock)));
  AuthConfig auth;
  VpcInstanceAuth vpc;
  vpc.endpoint = {"http", "127.0.0.1", (*server)->port()};
  auth.base = vpc;
  const Credential credential(auth);
  auto client = make_metadata_client(io.get_executor(), credential);
  ASSERT_TRUE(client);
  metadata = *client;
  start(credential);
  const auto ask = [&]() -> boost::asio::awaitable<Result<Bearer>> {
    auto bearer = co_await session->token();
    servers.stop();
    co_return bearer;
  };

  const auto bearer = run(io, ask());

  ASSERT_TRUE(bearer) << to_string(bearer.error());
  EXPECT_EQ(bearer->claims.iam_id, IamId("iam-Profile-linked"));
  secrets.emplace_back(bearer->text.reveal());
}

TEST_F(VpcInstance, IsNotAskedForOverPlainHttpElsewhere) {
  AuthConfig auth;
  VpcInstanceAuth vpc;
  vpc.endpoint = {"http", "metadata.example", 80};
  auth.base = vpc;

  const auto client = make_metadata_client(io.get_executor(), Credential(auth));

  ASSERT_FALSE(client);
  EXPECT_THAT(client.error().message, HasSubstr("auth.vpcInstance"));
}

}  // namespace
}  // namespace authzd::test
