// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Trusted profiles: with a compute resource's token (iam-api §7.3), and assumed by another identity
// (§7.4).
#include "daemon/iam/token_sources.hpp"
#include "tests/integration/iam/identity_fixture.hpp"

#include <gmock/gmock.h>

namespace authzd::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ContainerToken : public IdentityTest {
 protected:
  void start_as(const std::string& profile, const std::string& file) {
    AuthConfig auth;
    auth.base = ContainerTokenAuth{file, profile};
    start(Credential(auth));
  }

  /// With these default places for the token, instead of /var/run/secrets.
  Result<Token> fetch_from(std::vector<std::filesystem::path> places) {
    auto pace = std::make_shared<Pace>(clock, 0, nullptr, std::chrono::seconds(1));
    const Wire wire(http, "", pace, clock, randomness, Log());
    ContainerTokenSource source(ContainerTokenAuth{"", kProfileName}, wire, std::move(places));
    return run(io, source.fetch());
  }
};

TEST_F(ContainerToken, IsGoodForAProfileByIdOrName) {
  const std::string file = write_file("token", kComputeToken);

  start_as(kProfileId, file);
  EXPECT_EQ(who(), "iam-Profile-1");
  start_as(kProfileName, file);
  EXPECT_EQ(who(), "iam-Profile-1");
}

TEST_F(ContainerToken, IsSoughtWhereIbmsClientsLook) {
  EXPECT_EQ(container_token_places(),
            (std::vector<std::filesystem::path>{
                "/var/run/secrets/tokens/vault-token",
                "/var/run/secrets/tokens/sa-token",
                "/var/run/secrets/codeengine.cloud.ibm.com/compute-resource-token/token"}));
}

TEST_F(ContainerToken, IsTheFirstThatIsThereAndReadAnewEachTime) {
  std::string sent;
  http.intercept = [&sent](const HttpRequest& request) {
    sent = request.body;
    return std::nullopt;
  };
  const std::string first = (directory / "first").string();
  const std::string second = write_file("second", "t0ken-of-the-second-place");

  EXPECT_TRUE(fetch_from({first, second}));
  EXPECT_THAT(sent, HasSubstr("cr_token=t0ken-of-the-second-place"));
  write_file("first", "t0ken-of-the-first-place");
  EXPECT_TRUE(fetch_from({first, second}));
  EXPECT_THAT(sent, HasSubstr("cr_token=t0ken-of-the-first-place"));
}

TEST_F(ContainerToken, SaysWhereItWasLookedFor) {
  const auto token = fetch_from({directory / "one", directory / "two"});

  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().code, ErrorCode::invalid_config);
  EXPECT_THAT(token.error().message,
              AllOf(HasSubstr((directory / "one").string() + ", "),
                    HasSubstr("name its file in auth.containerToken.file")));
}

TEST_F(ContainerToken, SaysThatItsFileCannotBeRead) {
  start_as(kProfileId, (directory / "missing").string());
  EXPECT_THAT(who(), AllOf(HasSubstr("missing"), HasSubstr("No such file or directory")));

  start_as(kProfileId, directory.string());
  EXPECT_THAT(who(), HasSubstr("is a directory"));

  start_as(kProfileId, write_file("empty", ""));
  EXPECT_THAT(who(),
              AllOf(HasSubstr("the compute resource token in "), HasSubstr("/empty is empty")));
}

TEST_F(ContainerToken, SaysThatTheProfileIsUnknown) {
  start_as("nobodys-profile", write_file("token", kComputeToken));

  EXPECT_THAT(who(), HasSubstr("check that auth.containerToken.profile (nobodys-profile) is a"));
}

class AssumedProfile : public IdentityTest {
 protected:
  void start_as(const std::string& profile, BaseAuth base) {
    AuthConfig auth;
    auth.base = std::move(base);
    auth.assume_profile = profile;
    start(Credential(auth));
  }
};

TEST_F(AssumedProfile, IsTakenOnFromAnyIdentity) {
  const std::string key = write_file("key", kKey);
  const std::string compute = write_file("compute", kComputeToken);

  start_as(kProfileId, ApiKeyAuth{key});
  EXPECT_EQ(who(), "iam-Profile-1");
  start_as(kProfileCrn, ApiKeyAuth{key});
  EXPECT_EQ(who(), "iam-Profile-1");
  start_as(kProfileId, VpcInstanceAuth{});
  EXPECT_EQ(who(), "iam-Profile-1");
  start_as(kProfileId, ContainerTokenAuth{compute, "linked"});
  EXPECT_EQ(who(), "iam-Profile-1");

  const auto jwt = run(io, session->token());  // of the assumed profile: as good as any
  start_as("Profile-linked",
           BearerTokenAuth{write_file("bearer", std::string(jwt->text.reveal()))});
  EXPECT_EQ(who(), "iam-Profile-linked");
}

TEST_F(AssumedProfile, SaysThatItIsUnknownAndWhoWantedIt) {
  start_as("Profile-of-nobody", ApiKeyAuth{write_file("key", kKey)});

  EXPECT_THAT(who(),
              AllOf(HasSubstr("taking on the trusted profile Profile-of-nobody"),
                    HasSubstr("that it lets iam-ServiceId-1 take it on")));
}

TEST_F(AssumedProfile, SaysThatTheFirstIdentityIsTheFault) {
  start_as(kProfileId, ApiKeyAuth{write_file("key", "t-key-that-IAM-does-not-know")});

  EXPECT_THAT(who(), AllOf(HasSubstr("IAM refused the API key"), HasSubstr("BXNIM0415E")));
}

}  // namespace
}  // namespace authzd::test
