// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One set of manifests for several accounts: which documents an account gets, and what its
// parameters make of them.
#include "reconciler/manifest/loader.hpp"
#include "reconciler/manifest/parsed_files.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace authzd {
namespace {

const std::string kKms = "51042d7f-f0df-4915-bd39-6a49957c9175";

std::string authorization(const std::string& name,
                          const std::string& accounts,
                          const std::string& spec) {
  return "apiVersion: authzd/v1\nkind: Authorization\nmetadata:\n  name: " + name + "\n" +
         (accounts.empty() ? "" : "  accounts: " + accounts + "\n") + "spec:\n" + spec;
}

const std::string kPlain =
    "  source: {service: server-protect}\n  target: {service: kms}\n  roles: [Reader]\n";
const std::string kByInstance =
    "  source: {service: server-protect}\n"
    "  target:\n    service: kms\n    instance: ${params.kms}\n"
    "  roles: [Reader]\n";

AccountTraits prod() {
  return {"prod-eu", {{"env", "prod"}, {"region", "eu"}}, {{"kms", kKms}, {"role", "Writer"}}};
}

LoadOutcome load(const std::string& text, const AccountTraits* traits, LoadLimits limits = {}) {
  const std::vector<SourceFile> files{{"m.yaml", text}};
  LoadOptions options{
      .account = AccountId("0123456789abcdef0123456789abcdef"), .limits = limits, .traits = traits};
  return load_manifests(files, options);
}

LoadOutcome load(const std::string& text, const AccountTraits& traits = prod()) {
  return load(text, &traits);
}

const std::string& instance_of(const Grant& grant) {
  return std::get<std::string>(grant.resource.find("serviceInstance")->value);
}

TEST(FleetManifests, AnAccountGetsWhatItsLabelsAndItsNameChoose) {
  const std::string all = authorization("everyone", "", kPlain) + "---\n" +
                          authorization("prod", "{matchLabels: {env: prod, region: eu}}", kPlain) +
                          "---\n" + authorization("test", "{matchLabels: {env: test}}", kPlain) +
                          "---\n" +
                          authorization("both", "{matchLabels: {env: prod, region: us}}", kPlain);

  const LoadOutcome us =
      load(authorization("prod", "{matchLabels: {env: prod}}", kPlain) + "---\n" +
           authorization("named",
                         "{names: [other, prod-eu]}",
                         "  source: {service: is}\n  target: {service: kms}\n  roles: [Reader]\n"));
  EXPECT_EQ(us.desired.grants.size(), 2U) << render(us.diagnostics);
  EXPECT_EQ(us.elsewhere, 0U);

  const LoadOutcome some = load(all);
  EXPECT_EQ(some.documents, 2U);
  EXPECT_EQ(some.elsewhere, 2U);
  EXPECT_TRUE(has_errors(some.diagnostics)) << "everyone and prod grant the same here";
}

TEST(FleetManifests, DocumentsForDifferentAccountsMayHaveOneNameAndOneKey) {
  const std::string two = authorization("disks", "{matchLabels: {env: prod}}", kPlain) + "---\n" +
                          authorization("disks", "{matchLabels: {env: test}}", kPlain);

  const LoadOutcome known = load(two);
  EXPECT_FALSE(has_errors(known.diagnostics)) << render(known.diagnostics);
  EXPECT_EQ(known.desired.grants.size(), 1U);
  EXPECT_FALSE(has_errors(load(two, nullptr).diagnostics)) << "nobody knows which of them count";
}

TEST(FleetManifests, AnAccountWithoutLabelsGetsNoneOfThem) {
  const LoadOutcome outcome =
      load(authorization("prod", "{matchLabels: {env: prod}}", kPlain), AccountTraits{"small"});

  EXPECT_TRUE(outcome.desired.grants.empty());
  ASSERT_EQ(outcome.selectors.size(), 1U);
  EXPECT_FALSE(outcome.selectors[0].is_met);
  EXPECT_EQ(one_line(outcome.selectors[0].unmet),
            "m.yaml:5:27: warning: no account has these labels: nobody gets this document");
}

TEST(FleetManifests, AParameterBecomesTheAccountsValueWhereverItStands) {
  const LoadOutcome outcome =
      load(authorization("keys",
                         "",
                         "  description: For ${params.kms}, as ${params.role}s\n"
                         "  source: {service: server-protect}\n"
                         "  target: {service: kms, instance: \"${params.kms}\"}\n"
                         "  roles: [Reader, \"${params.role}\"]\n"));

  ASSERT_EQ(outcome.desired.grants.size(), 1U) << render(outcome.diagnostics);
  const Grant& grant = outcome.desired.grants[0];
  EXPECT_EQ(grant.description, "For " + kKms + ", as Writers");
  EXPECT_EQ(instance_of(grant), kKms);
  EXPECT_EQ(grant.roles, (std::vector<std::string>{"Reader", "Writer"}));
  EXPECT_TRUE(outcome.depends_on_traits);
}

TEST(FleetManifests, ADollarThatMeansItselfIsWrittenTwice) {
  const LoadOutcome outcome =
      load(authorization("keys", "", "  description: costs $5, $${params.kms}\n" + kPlain));

  ASSERT_EQ(outcome.desired.grants.size(), 1U) << render(outcome.diagnostics);
  EXPECT_EQ(outcome.desired.grants[0].description, "costs $5, ${params.kms}");
}

TEST(FleetManifests, AParameterThatTheAccountLacksIsShownAtItsPlaceWithTheAccount) {
  AccountTraits traits = prod();
  traits.params = {{"kms2", kKms}};

  const LoadOutcome outcome = load(authorization("keys", "", kByInstance), traits);

  EXPECT_EQ(render(outcome.diagnostics),
            "m.yaml:9:15: error: account prod-eu: there is no parameter \"kms\"\n"
            "      instance: ${params.kms}\n"
            "                ^\n"
            "  did you mean \"kms2\"?\n");
}

TEST(FleetManifests, TheCaretStandsUnderTheReferenceAndNotUnderTheValue) {
  const LoadOutcome outcome =
      load(authorization("keys", "", "  description: \"é ${params.no}\"\n" + kPlain));

  ASSERT_EQ(outcome.diagnostics.size(), 1U);
  EXPECT_EQ(outcome.diagnostics[0].position, (SourcePos{"m.yaml", 6, 19}));
}

TEST(FleetManifests, WhatIsNoReferenceIsAnErrorWithTheWayToMeanItself) {
  for (const char* text : {"${kms}", "${params.}", "${params.a b}", "${params.kms"}) {
    const LoadOutcome outcome =
        load(authorization("keys", "", "  description: \"" + std::string(text) + "\"\n" + kPlain));
    ASSERT_EQ(outcome.diagnostics.size(), 1U) << text;
    EXPECT_NE(outcome.diagnostics[0].hint.find("$${"), std::string::npos);
    EXPECT_TRUE(outcome.diagnostics[0].account.empty()) << "it is one in every account";
  }
}

TEST(FleetManifests, AValueOutOfAParameterIsCheckedLikeAWrittenOne) {
  AccountTraits traits = prod();
  traits.params["kms"] = "crn:v1:bluemix:public:kms:us-south:a/x:" + kKms + "::";

  const LoadOutcome outcome = load(authorization("keys", "", kByInstance), traits);

  ASSERT_TRUE(has_errors(outcome.diagnostics));
  EXPECT_EQ(outcome.diagnostics[0].account, "prod-eu");
  EXPECT_EQ(outcome.diagnostics[0].position.line, 9);
}

TEST(FleetManifests, AParameterIsNeverYaml) {
  AccountTraits traits = prod();
  traits.params["role"] = "Reader, Manager], wide: true, x: [";

  const LoadOutcome outcome =
      load(authorization("keys",
                         "",
                         "  source: {service: server-protect}\n  target: {service: kms}\n"
                         "  roles: [\"${params.role}\"]\n"),
           traits);

  ASSERT_EQ(outcome.desired.grants.size(), 1U);
  EXPECT_EQ(outcome.desired.grants[0].roles, std::vector<std::string>{traits.params["role"]});
}

TEST(FleetManifests, ABooleanTakesAParameterThatIsOne) {
  AccountTraits traits = prod();
  traits.params["keep"] = "true";
  const std::string manifest = authorization("keys", "", kPlain + "  protect: ${params.keep}\n");

  EXPECT_TRUE(load(manifest, traits).desired.grants.at(0).is_protected);
  traits.params["keep"] = "yes";
  const LoadOutcome outcome = load(manifest, traits);
  ASSERT_EQ(outcome.diagnostics.size(), 1U);
  EXPECT_EQ(outcome.diagnostics[0].message, "expected true or false, got \"yes\"");
}

TEST(FleetManifests, TwoKeysThatAParameterMakesEqualAreADuplicateInThisAccount) {
  const std::string two = authorization("a", "", kByInstance) + "---\n" +
                          authorization("b",
                                        "",
                                        "  source: {service: server-protect}\n"
                                        "  target: {service: kms, instance: \"" +
                                            kKms + "\"}\n  roles: [Reader]\n");

  const LoadOutcome outcome = load(two);

  ASSERT_EQ(outcome.diagnostics.size(), 1U);
  EXPECT_EQ(outcome.diagnostics[0].account, "prod-eu");
  AccountTraits other = prod();
  other.params["kms"] = "61042d7f-f0df-4915-bd39-6a49957c9175";
  EXPECT_FALSE(has_errors(load(two, other).diagnostics));
}

TEST(FleetManifests, WhatParametersAddCountsForTheSizeOfTheManifests) {
  AccountTraits traits = prod();
  traits.params["long"] = std::string(1000, 'x');
  std::string text = authorization("keys", "", kPlain + "  description: \"");
  for (int i = 0; i < 20; ++i) text += "${params.long}";
  LoadLimits limits;
  limits.max_total_bytes = 10'000;

  const LoadOutcome outcome = load(text + "\"\n", &traits, limits);

  ASSERT_TRUE(has_errors(outcome.diagnostics));
  EXPECT_EQ(outcome.diagnostics[0].message,
            "with this parameter the manifests are longer than they may be");
}

TEST(FleetManifests, WithoutAnAccountParametersStayAsTheyAreWritten) {
  const LoadOutcome outcome =
      load(authorization("keys", "{names: [prod-eu]}", kByInstance + "  delegate: ${params.d}\n"),
           nullptr);

  ASSERT_EQ(outcome.desired.grants.size(), 1U) << render(outcome.diagnostics);
  EXPECT_EQ(instance_of(outcome.desired.grants[0]), "${params.kms}");
}

TEST(FleetManifests, ASelectorThatSaysNothingIsAnErrorInEveryAccount) {
  for (const char* text : {"{}",
                           "{matchLabels: {}}",
                           "{names: []}",
                           "[prod]",
                           "{labels: {a: b}}",
                           "{names: [a], matchLabels: {a: b}}",
                           "{matchLabels: {\"a b\": c}}",
                           "{matchLabels: {a: b, a: c}}"}) {
    const LoadOutcome outcome = load(authorization("keys", text, kPlain));
    EXPECT_TRUE(has_errors(outcome.diagnostics)) << text;
    EXPECT_TRUE(outcome.desired.grants.empty()) << text;
  }
}

TEST(FleetManifests, AFileIsParsedOnceForAllAccounts) {
  const std::vector<SourceFile> files{{"m.yaml", authorization("keys", "", kByInstance)},
                                      {"broken.yaml", "a: [\n"}};
  ParsedFiles parsed;
  AccountTraits traits = prod();
  LoadOptions options{.account = AccountId("0123456789abcdef0123456789abcdef"),
                      .traits = &traits,
                      .parsed = &parsed};
  const LoadOutcome first = load_manifests(files, options);
  const auto kept = parsed.find(files[0]);
  ASSERT_NE(kept, nullptr);

  traits.params["kms"] = "61042d7f-f0df-4915-bd39-6a49957c9175";
  const LoadOutcome second = load_manifests(files, options);

  EXPECT_EQ(parsed.find(files[0]), kept);
  EXPECT_EQ(first.diagnostics, second.diagnostics) << "those of the broken file";
  EXPECT_EQ(instance_of(second.desired.grants.at(0)), traits.params["kms"]);
  EXPECT_EQ(parsed.find({"m.yaml", "other text"}), nullptr);
}

TEST(FleetManifests, WhatIsKeptOfParsedFilesIsBounded) {
  ParsedFiles parsed(20'000);
  for (int i = 0; i < 100; ++i) {
    const std::vector<SourceFile> files{
        {"m" + std::to_string(i) + ".yaml", authorization("keys", "", kPlain)}};
    LoadOptions options{.account = AccountId("0123456789abcdef0123456789abcdef"),
                        .parsed = &parsed};
    load_manifests(files, options);
    EXPECT_LE(parsed.bytes(), 20'000U);
    EXPECT_NE(parsed.find(files[0]), nullptr);
  }
}

}  // namespace
}  // namespace authzd
