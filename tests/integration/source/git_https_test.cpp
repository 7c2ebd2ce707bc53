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

class GitProxyTest : public GitHttpsTest {
 protected:
  void SetUp() override {
    GitHttpsTest::SetUp();
    if (IsSkipped()) return;
    std::string why_not;
    proxy_.emplace("proxy", root_, why_not);
    if (!why_not.empty()) GTEST_SKIP() << "no proxy here: " << why_not;
  }

  /// A source of https://git.test, which only the proxy can resolve.
  std::unique_ptr<GitSource> through(const std::string& proxy) {
    return https([&](GitOptions& options) {
      options.config.url = "https://git.test:" + std::to_string(server_->port()) + "/manifests.git";
      options.proxy = Secret(proxy);
    });
  }

  [[nodiscard]] std::string at() const { return "127.0.0.1:" + std::to_string(proxy_->port()); }

  std::optional<GitServer> proxy_;
};

TEST_F(GitProxyTest, LeadsToAServerThatOnlyTheProxyCanFind) {
  const std::string commit = push("a.yaml", "a");

  const auto straight = fetch(*through(""));
  const auto snapshot = fetch(*through("http://user:s3cret-word@" + at()));

  ASSERT_TRUE(snapshot) << snapshot.error().message;
  EXPECT_EQ(snapshot->revision, commit);
  EXPECT_THAT(author("cat ../proxy.log"), HasSubstr("CONNECT git.test:"));
  ASSERT_FALSE(straight);
  EXPECT_THAT(straight.error().message, HasSubstr("cannot be reached"));
}

TEST_F(GitProxyTest, ThatWantsCredentialsIsToldApart) {
  push("a.yaml", "a");

  for (const std::string user : {"", "user:wr0ng-word@"}) {
    const auto git = through("http://" + user + at());
    const auto snapshot = fetch(*git);
    ASSERT_FALSE(snapshot);
    EXPECT_EQ(snapshot.error().code, ErrorCode::unavailable) << snapshot.error().message;
    EXPECT_THAT(snapshot.error().message, HasSubstr("the proxy wants a user and a password"));
    EXPECT_THAT(snapshot.error().message, Not(HasSubstr("wr0ng-word")));
  }
}

}  // namespace
}  // namespace authzd::test
