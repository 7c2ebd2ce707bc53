// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Over nginx and git-http-backend, with a certificate and a token made for the test.
#include "tests/integration/source/git_fixture.hpp"

#include <gmock/gmock.h>

#include <fstream>

namespace authzd::test {
namespace {

using testing::HasSubstr;

constexpr std::string_view kToken = "s3cret-token-of-the-test";

class GitHttpsTest : public GitFixture {
 protected:
  void SetUp() override {
    std::ofstream(root_ / "token") << kToken << '\n';
    serve("https");
  }

  std::unique_ptr<GitSource> https(const std::function<void(GitOptions&)>& change = nullptr) {
    return source([&](GitOptions& options) {
      options.config.ca_file = (root_ / "server.pem").string();
      options.config.token_file = (root_ / "token").string();
      options.config.username = "reader";
      if (change) change(options);
    });
  }
};

TEST_F(GitHttpsTest, FetchesWithAToken) {
  const std::string commit = push("a.yaml", "a");

  const auto git = https();
  const auto snapshot = fetch(*git);

  ASSERT_TRUE(snapshot) << snapshot.error().message;
  EXPECT_EQ(snapshot->revision, commit);
}

TEST_F(GitHttpsTest, KeepsTheTokenOutOfItsFiles) {
  push("a.yaml", "a");
  ASSERT_TRUE(fetch(*https()));

  EXPECT_EQ(author("grep -rlF " + std::string(kToken) + " ../state || true"), "");
  EXPECT_EQ(author("grep -rlF $(printf %s reader:" + std::string(kToken) +
                   " | base64 -w0) ../state || true"),
            "");
}

TEST_F(GitHttpsTest, SaysThatATokenIsNotAcceptedAndDoesNotShowIt) {
  push("a.yaml", "a");
  std::ofstream(root_ / "wrong") << "not-the-token";

  const auto git =
      https([&](GitOptions& options) { options.config.token_file = (root_ / "wrong").string(); });
  const auto snapshot = fetch(*git);

  ASSERT_FALSE(snapshot);
  EXPECT_EQ(snapshot.error().code, ErrorCode::unauthenticated) << snapshot.error().message;
  EXPECT_THAT(snapshot.error().message, Not(HasSubstr("not-the-token")));
}

TEST_F(GitHttpsTest, SaysThatATokenIsMissing) {
  const auto git =
      https([&](GitOptions& options) { options.config.token_file = (root_ / "none").string(); });
  const auto snapshot = fetch(*git);

  ASSERT_FALSE(snapshot);
  EXPECT_EQ(snapshot.error().code, ErrorCode::invalid_config);
  EXPECT_THAT(snapshot.error().message, HasSubstr("/none cannot be read"));
}

TEST_F(GitHttpsTest, RefusesACertificateThatNobodyVouchesFor) {
  push("a.yaml", "a");
  const auto git = https([](GitOptions& options) { options.config.ca_file.clear(); });

  const auto snapshot = fetch(*git);

  ASSERT_FALSE(snapshot);
  EXPECT_EQ(snapshot.error().code, ErrorCode::forbidden) << snapshot.error().message;
  EXPECT_THAT(snapshot.error().message, HasSubstr("source.git.caFile"));
}

TEST_F(GitHttpsTest, FollowsNoRedirect) {
  const auto git = https([](GitOptions& options) {
    options.config.url.insert(options.config.url.rfind('/'), "/moved");
  });

  const auto snapshot = fetch(*git);

  ASSERT_FALSE(snapshot);
  EXPECT_EQ(snapshot.error().code, ErrorCode::rejected) << snapshot.error().message;
}

}  // namespace
}  // namespace authzd::test
