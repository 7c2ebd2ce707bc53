// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/import/terraform_import.hpp"

#include "reconciler/import/terraform_handover.hpp"
#include "reconciler/manifest/loader.hpp"
#include "tests/unit/import/states.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

StateReading read(const std::vector<std::string>& resources) {
  auto reading = read_terraform_state(state_file(resources));
  if (!reading) throw std::logic_error(reading.error().message);
  return std::move(*reading);
}

TerraformImport import_all(const std::vector<std::string>& resources,
                           TerraformImportOptions options = {}) {
  return import_terraform(read(resources), options);
}

std::string all_yaml(const TerraformImport& made) {
  std::string all;
  for (const auto& [_, yaml] : made.manifests) all += yaml;
  return all;
}

Desired load(const TerraformImport& made) {
  std::vector<SourceFile> files;
  for (const auto& [name, yaml] : made.manifests) files.push_back({name, yaml});
  const LoadOutcome loaded = load_manifests(files, {.account = AccountId{kHome}});
  EXPECT_EQ(render(loaded.diagnostics), "") << all_yaml(made);
  return loaded.desired;
}

std::vector<std::string> files_of(const TerraformImport& made) {
  std::vector<std::string> names;
  for (const auto& [name, _] : made.manifests) names.push_back(name);
  return names;
}

const std::string kOne = resource("one", {instance(attributes("p1", "is", "kms"))});

TEST(TerraformImport, WantsExactlyWhatIamHas) {
  const std::string resources = resource(
      "all",
      {instance(attributes("p1",
                           "is",
                           "kms",
                           R"("roles":["Writer","Authorization Delegator"],"description":"Why.",)"),
                "0"),
       instance(attributes("p2", "", "kms", R"("source_resource_group_id":"*",)"), "1"),
       instance(attributes("p3",
                           "is",
                           "cloud-object-storage",
                           R"("source_service_account":")" + kElsewhere + "\","),
                "2")});
  const StateReading state = read({resources});

  const TerraformImport made = import_terraform(state, {});
  const Desired desired = load(made);

  EXPECT_EQ(made.account, AccountId{kHome});
  EXPECT_EQ(made.policies, 3U);
  ASSERT_THAT(desired.grants, SizeIs(3));
  for (const StatePolicy& policy : state.policies) {
    const Key key(AccountId{kHome}, policy.content.subject, policy.content.resource);
    const auto grant = std::ranges::find(desired.grants, key, &Grant::key);
    ASSERT_NE(grant, desired.grants.end()) << policy.address.full << all_yaml(made);
    EXPECT_EQ(RoleSet(grant->roles.begin(), grant->roles.end()), policy.content.roles);
    EXPECT_EQ(grant->description.value_or(""), policy.content.description);
  }
  EXPECT_THAT(all_yaml(made), HasSubstr("# Policy p1, ibm_iam_authorization_policy.all[0]\n"));
}

TEST(TerraformImport, WritesEachSourcesAccountWhereNobodyNamesTheOwnOne) {
  const std::string old = R"("resource_attributes":[],)";
  const std::string state = resource("one", {instance(attributes("p1", "is", "kms", old))});

  const TerraformImport unknown = import_all({state});
  const TerraformImport named = import_all({state}, {.account = AccountId{kHome}});

  EXPECT_TRUE(unknown.account.empty());
  EXPECT_THAT(all_yaml(unknown), HasSubstr("account: \"" + kHome + "\""));
  EXPECT_THAT(all_yaml(named), Not(HasSubstr("account:")));
  EXPECT_EQ(load(unknown).grants.at(0).key, load(named).grants.at(0).key);
}

TEST(TerraformImport, GroupsFilesBySourceByTargetAndByResource) {
  const std::vector<std::string> resources{
      resource("one", {instance(attributes("p1", "is", "kms"))}),
      resource("two", {instance(attributes("p2", "is", "logs"), "0")}, "module.logs[1]"),
      resource("three", {instance(attributes("p3", "apprapp", "kms"))})};

  EXPECT_THAT(files_of(import_all(resources)), ElementsAre("apprapp.yaml", "is.yaml"));
  EXPECT_THAT(files_of(import_all(resources, {.account = {}, .group_by = GroupBy::target})),
              ElementsAre("kms.yaml", "logs.yaml"));
  EXPECT_THAT(files_of(import_all(resources, {.account = {}, .group_by = GroupBy::label})),
              ElementsAre("ibm-iam-authorization-policy-one.yaml",
                          "ibm-iam-authorization-policy-three.yaml",
                          "module-logs-ibm-iam-authorization-policy-two.yaml"));
}

TEST(TerraformImport, ForgetsEachResourceOnceAndWithoutKeys) {
  const TerraformImport made =
      import_all({resource("many",
                           {instance(attributes("p1", "is", "kms"), "0"),
                            instance(attributes("p2", "is", "logs"), "1")}),
                  resource("policy",
                           {instance(attributes("p3", "apprapp", "kms"), "0")},
                           R"(module.cos[\"it's\"])")});

  EXPECT_THAT(made.removed,
              HasSubstr("removed {\n  from = ibm_iam_authorization_policy.many\n\n  lifecycle {\n"
                        "    destroy = false\n  }\n}\n"));
  EXPECT_THAT(made.removed, HasSubstr("  from = module.cos.ibm_iam_authorization_policy.policy\n"));
  EXPECT_THAT(made.removed, HasSubstr(R"(#   terraform state rm 'module.cos["it'\''s"].)"));
  EXPECT_THAT(made.forget, SizeIs(1));
}

TEST(TerraformImport, RefusesWhatHasNoOneOwner) {
  const std::string twin = resource("two", {instance(attributes("p1", "is", "logs"))});
  const std::string same = resource("two", {instance(attributes("p2", "is", "kms"))});
  const std::string without = resource("two", {instance(attributes("", "is", "logs"))});
  for (const std::string& other : {twin, same, without}) {
    const TerraformImport made = import_all({kOne, other});

    ASSERT_THAT(made.refusals, SizeIs(1)) << other;
    EXPECT_THAT(made.refusals.at(0), HasSubstr("ibm_iam_authorization_policy.two: ")) << other;
    EXPECT_TRUE(made.manifests.empty() && made.removed.empty()) << other;
  }
}

TEST(TerraformImport, RefusesTargetsOfSeveralAccountsUntilOneIsNamed) {
  const std::string other =
      resource("two",
               {instance(attributes(
                   "p2",
                   "is",
                   "logs",
                   R"("resource_attributes":[{"name":"accountId","operator":"stringEquals",)"
                   R"("value":")" +
                       kElsewhere + R"("}],)"))});

  EXPECT_THAT(import_all({kOne, other}).refusals, ElementsAre(HasSubstr("--account")));
  const TerraformImport made = import_all({kOne, other}, {.account = AccountId{kHome}});
  EXPECT_EQ(made.policies, 1U);
  EXPECT_THAT(made.kept, ElementsAre(HasSubstr("not in this account")));
  EXPECT_THAT(made.removed, Not(HasSubstr(".two")));
}

TEST(TerraformImport, LeavesAResourceToTerraformWhereOneInstanceCannotBeWritten) {
  const TerraformImport made =
      import_all({kOne,
                  resource("many",
                           {instance(attributes("p2", "is", "logs", R"("roles":[],)"), "0"),
                            instance(attributes("p3", "is", "hs-crypto"), "1")})});

  EXPECT_EQ(made.policies, 1U);
  EXPECT_THAT(made.kept,
              ElementsAre("ibm_iam_authorization_policy.many[0]: it has no role",
                          HasSubstr("ibm_iam_authorization_policy.many[1]: Terraform forgets")));
  EXPECT_THAT(made.removed, Not(HasSubstr("many")));
  EXPECT_THAT(all_yaml(made), Not(HasSubstr("hs-crypto")));
}

TEST(TerraformImport, WritesNoManifestForWhatAuthzdHasAlready) {
  const TerraformImport made = import_all(
      {kOne,
       resource(
           "two",
           {instance(attributes(
               "p2", "is", "logs", R"x("description":"x (authzd: prod/logs#0123456789ab)",)x"))})});

  EXPECT_EQ(made.policies, 1U);
  EXPECT_THAT(made.managed, ElementsAre("ibm_iam_authorization_policy.two"));
  EXPECT_THAT(made.removed, HasSubstr("from = ibm_iam_authorization_policy.two\n"));
}

TEST(TerraformImport, NamesTheVariablesOfIbmsModulesThatItKnows) {
  const StateReading state =
      read({kOne,
            resource("kms_policy",
                     {instance(attributes("p2", "databases-for-redis", "kms"), "0")},
                     "module.redis"),
            resource("own_idea", {instance(attributes("p3", "is", "logs"))}, "module.mine")});

  const auto switches = skip_switches(state.policies);

  ASSERT_THAT(switches, SizeIs(2));
  EXPECT_THAT(switches.at(0).variables, SizeIs(0));
  EXPECT_EQ(switches.at(1).resource, "module.redis.ibm_iam_authorization_policy.kms_policy");
  EXPECT_THAT(switches.at(1).variables, ElementsAre("skip_iam_authorization_policy"));
}

}  // namespace
}  // namespace authzd::test
