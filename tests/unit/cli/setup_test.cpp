// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/setup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

namespace authzd {
namespace {

using testing::HasSubstr;
using testing::Not;

const Environment kKey{{"IBMCLOUD_API_KEY", "the-secret-key"}};

CommonOptions standing_alone() {
  CommonOptions options;
  options.manifests = "m";
  options.accounts = {"A1234567A1234567A1234567A1234567"};
  options.owner = "acme";
  options.mode = Mode::sync;
  return options;
}

TEST(Setup, OfACallWithoutAConfigurationTakesFlagsAndEnvironment) {
  Environment environment = kKey;
  environment.emplace("IBMCLOUD_IAM_API_ENDPOINT", "http://127.0.0.1:8080");

  const auto setup = make_setup(standing_alone(), environment, {.manifests = true, .mode = true});

  ASSERT_TRUE(setup);
  EXPECT_EQ(setup->iam.endpoint.origin, (Origin{"http", "127.0.0.1", 8080}));
  ASSERT_EQ(setup->accounts.size(), 1U);
  EXPECT_EQ(setup->accounts.front().spec.id, AccountId{"a1234567a1234567a1234567a1234567"});
  const auto* key = std::get_if<ApiKey>(&setup->accounts.front().credential.base);
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(key->value.reveal(), "the-secret-key");
}

TEST(Setup, BelievesAnEmptyAccountOnlyWhereToldTo) {
  CommonOptions options = standing_alone();
  const auto setup = make_setup(options, kKey, {.manifests = true, .mode = true});
  options.allow_empty_account = true;
  const auto told = make_setup(options, kKey, {.manifests = true, .mode = true});

  ASSERT_TRUE(setup && told);
  EXPECT_FALSE(setup->accounts.front().spec.allow_empty_account);
  EXPECT_TRUE(told->accounts.front().spec.allow_empty_account);
}

/// A call that writes accepts no half-written directory, even though it runs only once.
TEST(Setup, OfACallWithoutAConfigurationTakesADirectoryOnlyWhenItIsQuiet) {
  const auto setup = make_setup(standing_alone(), kKey, {.manifests = true, .mode = true});

  ASSERT_TRUE(setup && setup->source);
  const auto* directory = std::get_if<DirectorySourceConfig>(&*setup->source);
  ASSERT_NE(directory, nullptr);
  EXPECT_GE(directory->quiet, std::chrono::seconds(2));
}

TEST(Setup, NamesEveryFlagThatIsMissingAtOnce) {
  CommonOptions options;
  options.manifests = "m";

  const auto setup = make_setup(options, kKey, {.manifests = true, .mode = true});

  ASSERT_FALSE(setup);
  EXPECT_EQ(setup.error().code, ExitCode::usage);
  EXPECT_THAT(setup.error().message, HasSubstr("--account ID, --owner NAME, --mode observe"));
}

TEST(Setup, NeedsNoModeWhereNothingIsWritten) {
  CommonOptions options = standing_alone();
  options.mode.reset();

  EXPECT_TRUE(make_setup(options, kKey, {.manifests = true, .mode = false}));
  EXPECT_FALSE(make_setup(options, kKey, {.manifests = true, .mode = true}));
}

TEST(Setup, SaysThatTheKeyIsMissing) {
  const auto setup = make_setup(standing_alone(), {}, {.manifests = true, .mode = true});

  ASSERT_FALSE(setup);
  EXPECT_THAT(setup.error().message, HasSubstr("IBMCLOUD_API_KEY"));
}

TEST(Setup, RefusesAnAccountOrOwnerThatIsNone) {
  CommonOptions account = standing_alone();
  account.accounts = {"my-account"};
  CommonOptions owner = standing_alone();
  owner.owner = "Team A/B";

  EXPECT_THAT(make_setup(account, kKey, {.manifests = true}).error().message,
              HasSubstr("32 hex digits"));
  EXPECT_THAT(make_setup(owner, kKey, {.manifests = true}).error().message,
              HasSubstr("cannot mark policies"));
}

TEST(Setup, DoesNotShowWhatMayBeAKeyInThePlaceOfAName) {
  const std::string key = "aBcD3fGhIjKlMn0pQrStUvWxYz-123456789_AbCdEfG";
  CommonOptions account = standing_alone();
  account.accounts = {key};
  CommonOptions owner = standing_alone();
  owner.owner = key;

  EXPECT_THAT(make_setup(account, kKey, {.manifests = true}).error().message,
              testing::AllOf(HasSubstr("44 characters"), Not(HasSubstr(key))));
  EXPECT_THAT(make_setup(owner, kKey, {.manifests = true}).error().message, Not(HasSubstr(key)));
}

TEST(Setup, DoesNotTakeManifestsBesideAConfiguration) {
  CommonOptions options = standing_alone();
  options.config = "authzd.yaml";

  const auto setup = make_setup(options, kKey, {.manifests = true});

  ASSERT_FALSE(setup);
  EXPECT_EQ(setup.error().code, ExitCode::usage);
}

TEST(Setup, TakesAGitSourceAndTheProxyForIt) {
  const std::string file = testing::TempDir() + "authzd-setup-git.yaml";
  std::ofstream(file) << R"(apiVersion: authzd/v1
kind: Configuration
owner: acme
mode: sync
source: {git: {url: "ssh://git@git.example.com/m.git", ref: v1, path: prod}}
accounts: [{name: main, id: a1234567a1234567a1234567a1234567, auth: {apiKeyFile: /run/key}}]
)";
  CommonOptions options;
  options.config = file;
  const Environment environment{{"HTTPS_PROXY", "http://proxy:3128"}};

  const auto setup = make_setup(options, environment, {.manifests = true});
  std::remove(file.c_str());

  ASSERT_TRUE(setup) << setup.error().message;
  ASSERT_TRUE(setup->source);
  EXPECT_EQ(std::get<GitSourceConfig>(*setup->source).ref, "v1");
  const Proxy* proxy = setup->source_place.proxies.way_to({"https", "git.example.com", 443});
  ASSERT_NE(proxy, nullptr);
  EXPECT_EQ(proxy->url.reveal(), "http://proxy:3128");
  EXPECT_TRUE(setup->source_place.state_directory.empty()) << "only the daemon keeps a copy";
}

/// The setup of a call with these options and a configuration of two accounts, one of which is only
/// observed.
tl::expected<Setup, SetupFailure> setup_of_two(CommonOptions options, const SetupNeeds& needs) {
  const std::string file = testing::TempDir() + "authzd-setup-two.yaml";
  std::ofstream(file) << R"(apiVersion: authzd/v1
kind: Configuration
owner: acme
mode: create-only
source: {directory: {path: /m}}
accounts:
  - {name: one, id: a1234567a1234567a1234567a1234567, auth: {apiKeyFile: /run/key}}
  - {name: two, id: b1234567a1234567a1234567a1234567, mode: observe, auth: {apiKeyFile: /run/key}}
)";
  options.config = file;
  auto setup = make_setup(options, {}, needs);
  std::remove(file.c_str());
  return setup;
}

TEST(Setup, GetsNoCallPastTheObserveOfItsConfiguration) {
  CommonOptions options;
  options.mode = Mode::sync;

  const auto refused = setup_of_two(options, {.manifests = true, .mode = true});
  const auto shown = setup_of_two(options, {.manifests = true, .mode = false});
  options.accounts = {"one"};
  const auto other = setup_of_two(options, {.manifests = true, .mode = true});

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ExitCode::usage);
  EXPECT_THAT(refused.error().message, HasSubstr("account two is in mode observe"));
  EXPECT_TRUE(shown) << "what sync would do is shown";
  ASSERT_TRUE(other);
  EXPECT_EQ(other->accounts.front().spec.mode, Mode::sync);
}

TEST(Setup, DoesNotShowAnAccountOfNoConfigurationThatMayBeAKey) {
  CommonOptions options;
  options.accounts = {"aBcD3fGhIjKlMn0pQrStUvWxYz-123456789_AbCdEfG"};

  const auto setup = setup_of_two(options, {.manifests = true, .mode = false});

  ASSERT_FALSE(setup);
  EXPECT_THAT(setup.error().message, Not(HasSubstr(options.accounts.front())));
}

TEST(Setup, AsksIamAtTheSamePaceWithAndWithoutAConfiguration) {
  const IamConfig configured;

  const auto setup = make_setup(standing_alone(), kKey, {.manifests = true, .mode = true});

  ASSERT_TRUE(setup);
  EXPECT_EQ(setup->iam.concurrency, configured.concurrency);
  EXPECT_EQ(setup->accounts.front().spec.concurrency, configured.concurrency);
  EXPECT_EQ(setup->iam.requests_per_second, configured.requests_per_second);
  EXPECT_EQ(setup->iam.total_requests_per_second, configured.total_requests_per_second);
}

}  // namespace
}  // namespace authzd
