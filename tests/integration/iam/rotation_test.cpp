// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Credential files that change while the daemon runs: API keys and bearer tokens.
#include "tests/integration/iam/identity_fixture.hpp"

#include <gmock/gmock.h>

namespace authzd::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::AllOf;
using ::testing::HasSubstr;

const std::string kNewKey = "the-n3w-k3y-that-nobody-may-ever-see";

class KeyRotation : public IdentityTest {
 protected:
  void SetUp() override {
    AuthConfig auth;
    auth.base = ApiKeyAuth{write_file("key", kKey)};
    start(Credential(auth));
    EXPECT_EQ(who(), "iam-ServiceId-1");
  }

  [[nodiscard]] std::size_t tokens() const { return service.counters().tokens; }
};

TEST_F(KeyRotation, IsTakenUpByTheNextRefresh) {
  ASSERT_TRUE(service.rotate_key(kKey, kNewKey));
  write_file("key", kNewKey);

  clock.advance(minutes(30));
  EXPECT_EQ(who(), "iam-ServiceId-1");
  EXPECT_EQ(tokens(), 1U) << "four fifths of the token's life are not over yet";
  clock.advance(minutes(20));
  EXPECT_EQ(who(), "iam-ServiceId-1");
  EXPECT_EQ(tokens(), 2U);
  clock.advance(minutes(30));
  EXPECT_EQ(who(), "iam-ServiceId-1");
}

TEST_F(KeyRotation, MayComeLateAsLongAsTheOldTokenLives) {
  ASSERT_TRUE(service.rotate_key(kKey, kNewKey));

  clock.advance(minutes(50));
  EXPECT_EQ(who(), "iam-ServiceId-1") << "the old token is good for an hour";
  EXPECT_EQ(tokens(), 2U) << "the refresh with the old key was refused";
  write_file("key", kNewKey);
  clock.advance(minutes(2));

  EXPECT_EQ(who(), "iam-ServiceId-1");
  EXPECT_EQ(tokens(), 3U);
  clock.advance(minutes(30));
  EXPECT_EQ(who(), "iam-ServiceId-1");
}

TEST_F(KeyRotation, ThatWasForgottenIsAnErrorOnceTheOldTokenHasEnded) {
  ASSERT_TRUE(service.rotate_key(kKey, kNewKey));

  clock.advance(hours(1));
  EXPECT_THAT(who(),
              AllOf(HasSubstr("IAM refused the API key"),
                    HasSubstr("BXNIM0415E"),
                    HasSubstr("the key is from " + (directory / "key").string()),
                    Not(HasSubstr(kKey))));

  write_file("key", kNewKey);
  EXPECT_EQ(who(), "iam-ServiceId-1");
}

TEST_F(KeyRotation, SurvivesAFileThatIsGoneForAMoment) {
  std::filesystem::remove(directory / "key");

  clock.advance(minutes(50));
  EXPECT_EQ(who(), "iam-ServiceId-1");
  clock.advance(minutes(20));
  EXPECT_THAT(who(), AllOf(HasSubstr((directory / "key").string()), HasSubstr("No such file")));

  write_file("key", kKey);
  EXPECT_EQ(who(), "iam-ServiceId-1");
}

class BearerFile : public IdentityTest {
 protected:
  /// A token that IAM has just issued, as a file's text.
  std::string new_token() {
    start(ApiKey{.value = Secret(kKey)});
    return std::string(run(io, session->token())->text.reveal());
  }

  void start_with(const std::string& file) {
    AuthConfig auth;
    auth.base = BearerTokenAuth{file};
    start(Credential(auth));
  }
};

TEST_F(BearerFile, IsUsedAsItIs) {
  start_with(write_file("token", new_token()));
  EXPECT_EQ(who(), "iam-ServiceId-1");

  start_with(write_file("printed", "Bearer " + new_token()));
  EXPECT_EQ(who(), "iam-ServiceId-1");
}

TEST_F(BearerFile, IsReadAgainBeforeItsTokenEnds) {
  const std::string file = write_file("token", new_token());
  start_with(file);
  EXPECT_EQ(who(), "iam-ServiceId-1");
  clock.advance(minutes(50));
  const std::string next = new_token();
  start_with(file);
  EXPECT_EQ(who(), "iam-ServiceId-1") << "ten minutes are left of the first one";
  write_file("token", next);

  clock.advance(minutes(9));
  EXPECT_EQ(who(), "iam-ServiceId-1");
  clock.advance(minutes(40));
  EXPECT_EQ(who(), "iam-ServiceId-1");
}

TEST_F(BearerFile, SaysWhenItsTokenExpired) {
  const std::string file = write_file("token", new_token());
  clock.advance(hours(2));
  start_with(file);

  const std::string error = who();

  EXPECT_THAT(error, AllOf(HasSubstr(file), HasSubstr("the bearer token expired at 2027-01-15T")));
  EXPECT_THAT(error, HasSubstr("have a new one written to the file"));
  EXPECT_EQ(service.counters().requests, 1U) << "nothing is sent with a dead token";
}

TEST_F(BearerFile, SaysThatIamRefusedItsToken) {
  const std::string file = write_file("token", new_token());
  service.revoke_tokens();
  start_with(file);

  EXPECT_THAT(who(), HasSubstr("IAM refused the token"));
}

TEST_F(BearerFile, MustHoldATokenOfIam) {
  start_with(write_file("token", "s3cret-that-is-no-jwt"));
  EXPECT_THAT(who(), HasSubstr("the bearer token is none of IAM's"));

  start_with(write_file("token", "s3cret of several words"));
  EXPECT_THAT(who(), HasSubstr("the bearer token holds white space"));

  start_with((directory / "missing").string());
  EXPECT_THAT(who(), HasSubstr("No such file or directory"));
}

}  // namespace
}  // namespace authzd::test
