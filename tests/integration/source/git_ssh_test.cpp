// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Over a real sshd.
#include "tests/integration/source/git_fixture.hpp"

#include <gmock/gmock.h>

namespace authzd::test {
namespace {

using testing::HasSubstr;

class GitSshTest : public GitFixture {
 protected:
  void SetUp() override { serve("sshd"); }

  std::unique_ptr<GitSource> ssh(const std::string& key = "client_key",
                                 const std::string& hosts = "known_hosts") {
    return source([&](GitOptions& options) {
      options.config.ssh_key_file = (root_ / key).string();
      options.config.known_hosts_file = (root_ / hosts).string();
    });
  }
};

TEST_F(GitSshTest, FetchesWithAKeyFromAKnownHost) {
  const std::string commit = push("a.yaml", "a");

  const auto git = ssh();
  const auto snapshot = fetch(*git);

  ASSERT_TRUE(snapshot) << snapshot.error().message;
  EXPECT_EQ(snapshot->revision, commit);
}

TEST_F(GitSshTest, TakesPathsWithSpacesAndPercentSigns) {
  push("a.yaml", "a");
  author("cp ../client_key '../my %h key'; cp ../known_hosts '../my %h hosts'");

  const auto git = ssh("my %h key", "my %h hosts");

  const auto snapshot = fetch(*git);
  EXPECT_TRUE(snapshot) << snapshot.error().message;
}

TEST_F(GitSshTest, ReadsTheKeyAnewForEachFetch) {
  push("a.yaml", "a");
  author("cp ../client_key ../key; ssh-keygen -q -t ed25519 -N '' -f ../new_key");
  const auto git = ssh("key");
  ASSERT_TRUE(fetch(*git));

  author("cp ../new_key.pub ../authorized_keys");
  EXPECT_EQ(fetch(*git).error().code, ErrorCode::unauthenticated);

  author("cp ../new_key ../key");
  EXPECT_TRUE(fetch(*git));
}

TEST_F(GitSshTest, RefusesAHostThatIsNotKnown) {
  push("a.yaml", "a");
  author(
      "ssh-keygen -q -t ed25519 -N '' -f ../other; port=$(cut -d' ' -f1 ../known_hosts);"
      "echo \"$port $(cut -d' ' -f1,2 ../other.pub)\" >../wrong_hosts; : >../no_hosts");
  for (const std::string hosts : {"wrong_hosts", "no_hosts"}) {
    const auto git = ssh("client_key", hosts);
    const auto snapshot = fetch(*git);
    ASSERT_FALSE(snapshot) << hosts;
    EXPECT_EQ(snapshot.error().code, ErrorCode::forbidden) << snapshot.error().message;
    EXPECT_THAT(snapshot.error().message, HasSubstr("credentials.knownHostsFile"));
  }
}

TEST_F(GitSshTest, SaysThatAKeyIsNotAccepted) {
  push("a.yaml", "a");
  author("ssh-keygen -q -t ed25519 -N '' -f ../stranger");

  const auto git = ssh("stranger");
  const auto snapshot = fetch(*git);

  ASSERT_FALSE(snapshot);
  EXPECT_EQ(snapshot.error().code, ErrorCode::unauthenticated) << snapshot.error().message;
}

TEST_F(GitSshTest, SaysThatOthersMayReadTheKey) {
  push("a.yaml", "a");
  author("cp ../client_key ../open; chmod 644 ../open");

  const auto git = ssh("open");

  EXPECT_EQ(fetch(*git).error().code, ErrorCode::invalid_config);
}

}  // namespace
}  // namespace authzd::test
