// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/config/git_url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string protocol_and_host(std::string_view text) {
  const auto url = parse_git_url(text);
  return url ? url->protocol + " " + url->host : "refused";
}

TEST(GitUrl, TakesHttpsAndSsh) {
  EXPECT_EQ(protocol_and_host("https://git.example.com/team/m.git"), "https git.example.com");
  EXPECT_EQ(protocol_and_host("HTTPS://git.example.com:8443/m"), "https git.example.com");
  EXPECT_EQ(protocol_and_host("ssh://git@git.example.com:2222/m.git"), "ssh git.example.com");
  EXPECT_EQ(protocol_and_host("ssh://[2001:db8::1]/m.git"), "ssh 2001:db8::1");
  EXPECT_EQ(protocol_and_host("git@github.com:team/m.git"), "ssh github.com");
}

TEST(GitUrl, TakesUnprotectedProtocolsOnLoopbackOnly) {
  EXPECT_EQ(protocol_and_host("git://127.0.0.1:9418/m.git"), "git 127.0.0.1");
  EXPECT_EQ(protocol_and_host("http://[::1]:80/m.git"), "http ::1");
  EXPECT_EQ(protocol_and_host("http://localhost/m.git"), "http localhost");
  EXPECT_EQ(protocol_and_host("http://git.example.com/m.git"), "refused");
  EXPECT_EQ(protocol_and_host("git://localhost.example.com/m.git"), "refused");
  EXPECT_EQ(protocol_and_host("http://127.0.0.1.example.com/m.git"), "refused");
  EXPECT_EQ(protocol_and_host("http://127.0.0.1@example.com/m.git"), "refused");
}

TEST(GitUrl, RefusesWhatIsNoRemoteRepository) {
  for (const std::string_view text : {"",
                                      "/srv/git/m.git",
                                      "../m.git",
                                      "file:///srv/git/m.git",
                                      "ext::sh -c evil",
                                      "ext::sh",
                                      "ftp://example.com/m.git",
                                      "-oProxyCommand=evil:x",
                                      "ssh://-oProxyCommand=evil/x",
                                      "ssh://-evil@host/x",
                                      "https:///m.git",
                                      "https://example.com/m .git",
                                      "https://example.com/m\n.git",
                                      "host:"}) {
    EXPECT_EQ(protocol_and_host(text), "refused") << text;
  }
}

TEST(GitUrl, SendsSecretsToFilesAndDoesNotShowThem) {
  for (const std::string_view text : {"https://user:hunter2@example.com/m.git",
                                      "https://hunter2@example.com/m.git",
                                      "ssh://git:hunter2@example.com/m.git",
                                      "git:hunter2@example.com:m.git",
                                      "https://example.com/m.git?token=hunter2",
                                      "https://example.com/m.git#hunter2"}) {
    const auto url = parse_git_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_THAT(url.error().message, HasSubstr("credentials."));
    EXPECT_THAT(url.error().message, Not(HasSubstr("hunter2")));
  }
}

TEST(GitUrl, DoesNotShowWhatIsNoProtocol) {
  const auto url = parse_git_url("git:hunter2@example.com://m.git");

  ASSERT_FALSE(url);
  EXPECT_THAT(url.error().message, Not(HasSubstr("hunter2")));
}

TEST(GitRef, IsABranchATagOrACommit) {
  for (const std::string_view ref : {"main", "feature/x-1", "v1.2.3", "refs/tags/v1", "a"}) {
    EXPECT_TRUE(is_git_ref(ref)) << ref;
  }
  for (const std::string_view ref : {"",       "-x",       "--upload-pack=x",
                                     "a..b",   "a b",      "a:b",
                                     "a^",     "a~1",      "x@{1}",
                                     "@",      "/a",       "a/",
                                     "a//b",   ".a",       "a/.b",
                                     "a.lock", "a.",       "a*",
                                     "a?",     "a[b",      "a\\b",
                                     "a\nb",   "b\xC3\xBC"}) {
    EXPECT_FALSE(is_git_ref(ref)) << ref;
  }
}

}  // namespace
}  // namespace authzd
