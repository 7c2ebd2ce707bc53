// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/config/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string config_with(const std::string& rest) {
  return "apiVersion: authzd/v1\nkind: Configuration\nowner: prod\nmode: sync\n"
         "source: {directory: {path: /m}}\n" +
         rest;
}

const std::string kAccount =
    "accounts: [{name: main, id: 0123456789ABCDEF0123456789abcdef, "
    "auth: {apiKeyFile: \"${CREDENTIALS_DIRECTORY}/key\"}}]\n";

TEST(Config, FillsInWhatTheDesignPromises) {
  const ConfigOutcome outcome = load_config({"c", config_with(kAccount)}, {"/run/credentials"});

  EXPECT_EQ(render(outcome.diagnostics), "");
  const AccountConfig& account = outcome.config.accounts.at(0);
  EXPECT_EQ(account.id.value, "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(account.mode, Mode::sync);
  EXPECT_EQ(account.adopt, Adopt::never);
  EXPECT_EQ(account.interval, std::chrono::minutes(5));
  EXPECT_EQ(account.paths, std::vector<std::string>{"."});
  EXPECT_EQ(account.rails.rules.limits.max_delete, 10U);
  EXPECT_EQ(std::get<ApiKeyAuth>(account.auth.base).file, "/run/credentials/key");
  EXPECT_EQ(to_string(outcome.config.iam.endpoint.origin), "https://iam.cloud.ibm.com");
}

TEST(Config, WarnsOfASecretThatEveryoneMayRead) {
  const auto outcome =
      load_config({"c", config_with(kAccount)},
                  {"/k", [](const std::string& path) { return path == "/k/key"; }});

  EXPECT_FALSE(has_errors(outcome.diagnostics));
  EXPECT_THAT(render(outcome.diagnostics),
              testing::HasSubstr("every user of this host can read \"/k/key\""));
}

TEST(Config, WarnsOfASecretThatIsNotThere) {
  const auto outcome =
      load_config({"c", config_with(kAccount)},
                  {"/k", nullptr, [](const std::string& path) { return path == "/k/key"; }});

  EXPECT_FALSE(has_errors(outcome.diagnostics));
  EXPECT_THAT(render(outcome.diagnostics), testing::HasSubstr("there is no file \"/k/key\""));
}

TEST(Config, RefusesAPatternInTheWordsOfManifests) {
  const auto said = [](const std::string& never) {
    return render(
        load_config({"c", config_with(kAccount + "rails: {never: [" + never + "]}\n")}, {"/k"})
            .diagnostics);
  };
  EXPECT_EQ(said("{target.serviceName: kms, volumeId: v}"), "");
  EXPECT_THAT(said("{target.service: kms}"),
              testing::HasSubstr("error: \"target.service\" is no attribute of IAM"));
  EXPECT_THAT(said("{serviceNam: kms}"), testing::HasSubstr("did you mean \"serviceName\"?"));
}

TEST(Config, BelievesAnEmptyAccountOnlyWhereToldTo) {
  const auto told =
      load_config({"c", config_with(kAccount + "iam: {allowEmptyAccount: true}\n")}, {"/k"});

  EXPECT_EQ(render(told.diagnostics), "");
  EXPECT_TRUE(told.config.iam.allow_empty_account);
  EXPECT_FALSE(load_config({"c", config_with(kAccount)}, {"/k"}).config.iam.allow_empty_account);
}

TEST(Config, SaysHowTheListIsReadAndHowMuchAnAccountHolds) {
  const auto standard = load_config({"c", config_with(kAccount)}, {"/k"}).config.iam;
  const auto told = load_config({"c",
                                 config_with(kAccount + "iam: {pageSize: 0, policyLimit: 8040, "
                                                        "timeouts: {list: 5m}}\n")},
                                {"/k"});

  EXPECT_EQ(standard.page_size, 100U);
  EXPECT_EQ(standard.list_patience, std::chrono::minutes(2));
  EXPECT_EQ(standard.policy_limit, 4'020U);
  EXPECT_EQ(render(told.diagnostics), "");
  EXPECT_EQ(told.config.iam.page_size, 0U);
  EXPECT_EQ(told.config.iam.list_patience, std::chrono::minutes(5));
  EXPECT_EQ(told.config.iam.policy_limit, 8'040U);
}

std::string resources_beside(const std::string& iam) {
  return to_string(resource_controller_beside(*parse_base_url(iam)).origin);
}

TEST(Config, FindsResourceControllerBesideIam) {
  EXPECT_EQ(resources_beside("https://iam.cloud.ibm.com"),
            "https://resource-controller.cloud.ibm.com");
  EXPECT_EQ(resources_beside("https://private.iam.cloud.ibm.com"),
            "https://private.resource-controller.cloud.ibm.com");
  EXPECT_EQ(resources_beside("https://private.us-east.iam.cloud.ibm.com"),
            "https://private.us-east.resource-controller.cloud.ibm.com");
  EXPECT_EQ(resources_beside("https://private.eu-de.iam.cloud.ibm.com"),
            "https://private.resource-controller.cloud.ibm.com");
  EXPECT_EQ(resources_beside("https://iam.test.cloud.ibm.com"),
            "https://resource-controller.test.cloud.ibm.com");
  for (const std::string same : {"http://127.0.0.1:4010",
                                 "https://iam.example.com",
                                 "https://iam.cloud.ibm.com.example.com",
                                 "https://notiam.cloud.ibm.com"}) {
    EXPECT_EQ(resources_beside(same), same);
  }
}

TEST(Config, TakesAnotherResourceController) {
  const std::string other = "iam: {endpoint: https://iam.cloud.ibm.com, ";
  const auto told = load_config(
      {"c", config_with(kAccount + other + "resourceControllerEndpoint: http://127.0.0.1:1/rc}\n")},
      {"/k"});
  const auto refused = load_config(
      {"c", config_with(kAccount + other + "resourceControllerEndpoint: http://example.com}\n")},
      {"/k"});

  EXPECT_EQ(render(told.diagnostics), "");
  EXPECT_EQ(to_string(told.config.iam.resource_controller.origin), "http://127.0.0.1:1");
  EXPECT_EQ(told.config.iam.resource_controller.path, "/rc");
  EXPECT_THAT(render(refused.diagnostics), testing::HasSubstr("resourceControllerEndpoint: "));
}

TEST(Config, GivesAnAccountTheCommonRailsAndItsOwnOnTop) {
  const std::string text = config_with(
      "rails: {maxDelete: 3, maxCreate: 7}\n"
      "accounts: [{name: a, id: 0123456789abcdef0123456789abcdef, mode: observe, "
      "auth: {apiKeyFile: /k}, rails: {maxCreate: 9}}]\n");

  const ConfigOutcome outcome = load_config({"c", text}, {});

  EXPECT_EQ(render(outcome.diagnostics), "");
  const AccountConfig& account = outcome.config.accounts.at(0);
  EXPECT_EQ(account.mode, Mode::observe);
  EXPECT_EQ(account.rails.rules.limits.max_delete, 3U);
  EXPECT_EQ(account.rails.rules.limits.max_create, 9U);
}

TEST(Config, GivesEachReceiverOfNoticesItsOwnRoots) {
  const std::string text = config_with(kAccount +
                                       "iam: {caFile: /iam.pem}\n"
                                       "notify: [{urlFile: /a, caFile: /a.pem}, {urlFile: /b}]\n");

  const ConfigOutcome outcome = load_config({"c", text}, {"/run/credentials"});

  EXPECT_EQ(render(outcome.diagnostics), "");
  EXPECT_EQ(outcome.config.notify.at(0).ca_file, "/a.pem");
  EXPECT_EQ(outcome.config.notify.at(1).ca_file, "") << "IAM's roots are for IAM alone";
}

AuthConfig auth_of(const std::string& auth) {
  const ConfigOutcome outcome = load_config(
      {"c",
       config_with("accounts: [{name: a, id: 0123456789abcdef0123456789abcdef, auth: " + auth +
                   "}]\n")},
      {"/run/credentials"});
  EXPECT_EQ(render(outcome.diagnostics), "");
  return outcome.config.accounts.at(0).auth;
}

TEST(Config, ReadsEachIdentity) {
  const AuthConfig instance = auth_of("{vpcInstance: {}}");
  EXPECT_EQ(std::get<VpcInstanceAuth>(instance.base).profile, "");
  EXPECT_EQ(to_string(std::get<VpcInstanceAuth>(instance.base).endpoint), "http://169.254.169.254");
  const AuthConfig secure = auth_of(
      "{vpcInstance: {profile: Profile-1, endpoint: \"https://api.metadata.cloud.ibm.com/\"}}");
  EXPECT_EQ(std::get<VpcInstanceAuth>(secure.base).profile, "Profile-1");
  EXPECT_EQ(to_string(std::get<VpcInstanceAuth>(secure.base).endpoint),
            "https://api.metadata.cloud.ibm.com");
  const AuthConfig container = auth_of("{containerToken: {profile: p, file: /t}}");
  EXPECT_EQ(std::get<ContainerTokenAuth>(container.base).file, "/t");
  EXPECT_EQ(std::get<ContainerTokenAuth>(container.base).profile, "p");
  const AuthConfig bearer =
      auth_of("{bearerTokenFile: \"${CREDENTIALS_DIRECTORY}/b\", assumeProfile: Profile-2}");
  EXPECT_EQ(std::get<BearerTokenAuth>(bearer.base).file, "/run/credentials/b");
  EXPECT_EQ(bearer.assume_profile, "Profile-2");
}

TEST(Config, TakesAllowedAccountsInEitherCase) {
  const ConfigOutcome outcome =
      load_config({"c",
                   config_with(kAccount + "rails: {allow: {sourceAccounts: "
                                          "[0123456789ABCDEF0123456789ABCDEF]}}\n")},
                  {"/run/credentials"});

  EXPECT_EQ(render(outcome.diagnostics), "");
  EXPECT_EQ(outcome.config.accounts.at(0).rails.rules.allow.source_accounts,
            std::set<std::string>{"0123456789abcdef0123456789abcdef"});
}

RailRules rules_of(const std::string& rails) {
  const ConfigOutcome outcome =
      load_config({"c", config_with(kAccount + "rails: " + rails + "\n")}, {"/run/credentials"});
  EXPECT_EQ(render(outcome.diagnostics), "");
  return outcome.config.accounts.at(0).rails.rules;
}

TEST(Config, ReadsWhatWaitsBeforeItIsTakenAway) {
  EXPECT_EQ(rules_of("{}"), RailRules{});
  EXPECT_EQ(rules_of("{removalGrace: {for: 0s}}").removal_grace.wait, std::chrono::hours(0));
  EXPECT_EQ(rules_of("{removalGrace: 0s}").removal_grace.wait, std::chrono::hours(0));
  EXPECT_EQ(rules_of("{removalGrace: 2h}").removal_grace,
            (RemovalGrace{.wait = std::chrono::hours(2)}));
  const RailRules rules = rules_of(
      "{removalGrace: {targets: [secrets-manager], for: 2h}, holdDelegators: false, maxRestore: "
      "7}");
  EXPECT_EQ(rules.removal_grace, (RemovalGrace{{"secrets-manager"}, std::chrono::hours(2)}));
  EXPECT_FALSE(rules.hold_delegators);
  EXPECT_EQ(rules.limits.max_restore, 7U);
}

TEST(Config, WarnsWhereCredentialsAreNotSet) {
  const ConfigOutcome outcome = load_config({"c", config_with(kAccount)}, {});

  EXPECT_FALSE(has_errors(outcome.diagnostics));
  EXPECT_THAT(render(outcome.diagnostics), HasSubstr("CREDENTIALS_DIRECTORY is not set"));
}

TEST(Config, NeverShowsASecretThatWasWrittenIntoIt) {
  const std::string text = config_with(
      "accounts:\n  - {name: a, id: 0123456789abcdef0123456789abcdef, auth: {apiKey: s3cr3t}}\n");

  const ConfigOutcome outcome = load_config({"c", text}, {});

  EXPECT_THAT(render(outcome.diagnostics), HasSubstr("write apiKeyFile"));
  EXPECT_THAT(render(outcome.diagnostics), Not(HasSubstr("s3cr3t")));
}

TEST(Config, NeverShowsASecretOfAFileThatDoesNotParse) {
  const ConfigOutcome outcome = load_config({"c", "auth: {apiKey: s3cr3t, ]\n"}, {});

  EXPECT_TRUE(has_errors(outcome.diagnostics));
  EXPECT_THAT(render(outcome.diagnostics), Not(HasSubstr("s3cr3t")));
}

TEST(Config, SaysWhereTracesAreKept) {
  const ConfigOutcome outcome = load_config(
      {"c", config_with("record: ${CREDENTIALS_DIRECTORY}/traces\n" + kAccount)}, {"/c"});

  EXPECT_FALSE(has_errors(outcome.diagnostics)) << render(outcome.diagnostics);
  EXPECT_EQ(outcome.config.record_directory, "/c/traces");
  EXPECT_EQ(load_config({"c", config_with(kAccount)}, {"/c"}).config.record_directory, "");
}

}  // namespace
}  // namespace authzd
