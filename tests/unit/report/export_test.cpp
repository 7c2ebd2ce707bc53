// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/export.hpp"

#include "reconciler/manifest/loader.hpp"
#include "reconciler/report/manifest_yaml.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

const AccountId kExportHome{std::string(32, 'a')};
const std::string kExportReader = "crn:v1:bluemix:public:iam::::serviceRole:Reader";

Observed policy(std::string id, Attribute scope, std::string description) {
  Observed observed;
  observed.id = PolicyId{std::move(id)};
  observed.content.subject = {{"accountId", "stringEquals", kExportHome.value},
                              {"serviceName", "stringEquals", std::string{"is"}}};
  observed.content.resource = {{"accountId", "stringEquals", kExportHome.value},
                               {"serviceName", "stringEquals", std::string{"kms"}},
                               std::move(scope)};
  observed.content.roles = {kExportReader};
  observed.content.description = std::move(description);
  observed.created_by = IamId{"IBMid-1"};
  observed.role_names = {{kExportReader, "Reader"}};
  return observed;
}

LoadOutcome load(const std::string& yaml) {
  LoadOptions options;
  options.account = kExportHome;
  return load_manifests(std::vector<SourceFile>{{"export.yaml", yaml}}, options);
}

TEST(Export, LoadsBackToTheSameKeyRolesAndDescription) {
  const std::vector<Attribute> scopes = {
      {"volumeId", "stringExists", true},
      {"resource", "stringEquals", std::string{"true"}},
      {"resourceGroupId", "stringExists", true},
      {"serviceInstance", "stringEquals", std::string{"51042d7f-f0df-4915-bd39-6a49957c9175"}},
      {"region", "stringEqualsAnyOf", std::vector<std::string>{"eu-de", "0x1f", "no"}},
      {"keyRing", "stringEquals", std::string{"a: b # \"c\" \\ 'd' {e}, [f] é 1e3"}}};
  for (const Attribute& scope : scopes) {
    const Observed observed = policy("p1", scope, "yes: it's \"so\" # really\\n é");

    const Export exported = export_manifests({&observed, 1}, {.account = kExportHome});
    const LoadOutcome loaded = load(exported.yaml);

    ASSERT_EQ(render(loaded.diagnostics), "") << exported.yaml;
    ASSERT_EQ(loaded.desired.grants.size(), 1U) << exported.yaml;
    EXPECT_EQ(loaded.desired.grants[0].key, key_of(kExportHome, observed.content)) << exported.yaml;
    EXPECT_EQ(loaded.desired.grants[0].roles, std::vector<std::string>{"Reader"});
    EXPECT_EQ(loaded.desired.grants[0].description, observed.content.description);
  }
}

TEST(Export, KeepsTheMarkersNameAndProtection) {
  const Observed observed =
      policy("p1", {"volumeId", "stringExists", true}, "Text (authzd: prod/my-name#0123456789ab!)");

  const Export exported =
      export_manifests({&observed, 1}, {.account = kExportHome, .owner = "prod"});
  const LoadOutcome loaded = load(exported.yaml);

  ASSERT_EQ(loaded.desired.grants.size(), 1U) << exported.yaml;
  EXPECT_EQ(loaded.desired.grants[0].name, "my-name");
  EXPECT_EQ(loaded.desired.grants[0].description, "Text");
  EXPECT_TRUE(loaded.desired.grants[0].is_protected);
}

TEST(Export, LeavesWhatAServiceMadeAsACommentThatCannotBreakOut) {
  Observed observed = policy("p1\nkind: Evil", {"volumeId", "stringExists", true}, "");
  observed.created_by = IamId{"crn:v1:x\nmetadata: {name: evil}"};

  const Export exported = export_manifests({&observed, 1}, {.account = kExportHome});

  EXPECT_EQ(exported.skipped, 1U);
  EXPECT_EQ(exported.yaml.find("\nkind"), std::string::npos);
  EXPECT_EQ(exported.yaml.find("\nmetadata"), std::string::npos);
}

/// IAM may keep two whose ids differ in case alone; the loader takes one grant of a kind.
TEST(Export, LeavesOutTheTwinOfAPolicyAndStaysValid) {
  const Attribute lower{
      "serviceInstance", "stringEquals", std::string{"51042d7f-f0df-4915-bd39-6a49957c9175"}};
  const Attribute upper{
      "serviceInstance", "stringEquals", std::string{"51042D7F-F0DF-4915-BD39-6A49957C9175"}};

  const Export exported =
      export_manifests(std::vector{policy("p-1", lower, ""), policy("p-2", upper, "")},
                       {.account = kExportHome, .owner = "team"});

  EXPECT_EQ(exported.exported, 1U);
  EXPECT_EQ(exported.skipped, 1U);
  EXPECT_NE(exported.yaml.find("the same source and target as policy p-1"), std::string::npos);
  EXPECT_FALSE(has_errors(load(exported.yaml).diagnostics)) << exported.yaml;
}

TEST(YamlString, QuotesWhatAReaderWouldTakeForSomethingElse) {
  EXPECT_EQ(yaml_string("Authorization Delegator"), "Authorization Delegator");
  EXPECT_EQ(yaml_string("No"), "\"No\"");
  EXPECT_EQ(yaml_string("1e3"), "\"1e3\"");
  EXPECT_EQ(yaml_string(""), "\"\"");
  EXPECT_EQ(yaml_string("a\x1b"), "\"a\\u001b\"");
}

}  // namespace
}  // namespace authzd
