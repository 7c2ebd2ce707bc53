// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/import/terraform_state.hpp"

#include "tests/unit/import/states.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

std::vector<std::string> addresses_of(const Result<StateReading>& reading) {
  std::vector<std::string> found;
  if (!reading) return {"error: " + reading.error().message};
  for (const StatePolicy& policy : reading->policies) found.push_back(policy.address.full);
  return found;
}

std::string why_not(const std::string& text) {
  const auto reading = read_terraform_state(text);
  if (reading) return "it was read";
  EXPECT_EQ(reading.error().code, ErrorCode::invalid_manifest);
  return reading.error().message;
}

/// The one policy of a state with these attributes.
StatePolicy only(const std::string& attributes) {
  const auto reading = read_terraform_state(state_file({resource("one", {instance(attributes)})}));
  if (!reading || reading->policies.size() != 1) throw std::logic_error("not one policy");
  return reading->policies.front();
}

TEST(TerraformState, ReadsResourcesWithCountAndForEachInModules) {
  const std::string state =
      state_file({resource("policy", {instance(attributes("p1", "is", "kms"))}),
                  resource("many",
                           {instance(attributes("p2", "is", "cos"), "0"),
                            instance(attributes("p3", "is", "logs"), "1")}),
                  resource("policy",
                           {instance(attributes("p4", "is", "hs-crypto"), R"("a \"b\" ${c}")")},
                           R"(module.cos[\"x.y\"].module.buckets[0])")});

  const auto reading = read_terraform_state(state);

  EXPECT_THAT(
      addresses_of(reading),
      ElementsAre("ibm_iam_authorization_policy.many[0]",
                  "ibm_iam_authorization_policy.many[1]",
                  "ibm_iam_authorization_policy.policy",
                  R"(module.cos["x.y"].module.buckets[0].ibm_iam_authorization_policy.policy)"
                  R"(["a \"b\" $${c}"])"));
  const ResourceAddress& last = reading->policies.back().address;
  EXPECT_EQ(last.in_config, "module.cos.module.buckets.ibm_iam_authorization_policy.policy");
  EXPECT_EQ(last.module, "module.cos.module.buckets");
  EXPECT_EQ(reading->policies.back().id, PolicyId{"p4"});
}

TEST(TerraformState, ReadsWhatShowPrints) {
  const auto shown = [](const std::string& address,
                        const std::string& index,
                        const std::string& id) {
    return R"({"address":")" + address +
           R"(","mode":"managed","type":"ibm_iam_authorization_policy","name":"policy",)" +
           (index.empty() ? "" : "\"index\":" + index + ",") +
           R"("provider_name":"registry.opentofu.org/ibm-cloud/ibm","schema_version":0,"values":)" +
           attributes(id, "is", "kms") + R"(,"sensitive_values":{"roles":[false]}})";
  };
  const std::string text =
      R"({"format_version":"1.0","terraform_version":"1.9.8","values":{"root_module":{"resources":[)" +
      shown("ibm_iam_authorization_policy.policy", "", "p1") +
      R"(],"child_modules":[{"address":"module.a[\"k\"]","resources":[)" + shown("x", "0", "p2") +
      R"(],"child_modules":[{"address":"module.a[\"k\"].module.b","resources":[)" +
      shown("x", R"("eu")", "p3") + "]}]}]}}}";

  EXPECT_THAT(addresses_of(read_terraform_state(text)),
              ElementsAre("ibm_iam_authorization_policy.policy",
                          R"(module.a["k"].ibm_iam_authorization_policy.policy[0])",
                          R"(module.a["k"].module.b.ibm_iam_authorization_policy.policy["eu"])"));
  EXPECT_THAT(addresses_of(read_terraform_state(R"({"format_version":"1.0"})")), SizeIs(0));
}

TEST(TerraformState, LeavesOutDataOtherResourcesAndWhatIsAboutToBeDeleted) {
  std::string data = resource("policy", {instance(attributes("p1", "is", "kms"))});
  data.replace(data.find("managed"), 7, "data");
  std::string other = resource("key", {instance(R"({"id":"k","payload":"s3cret"})")});
  other.replace(other.find("ibm_iam_authorization_policy"), 28, "ibm_kms_key");
  std::string deposed = instance(attributes("p2", "is", "kms"));
  deposed.insert(1, R"("deposed":"00000001",)");

  const auto reading = read_terraform_state(state_file(
      {data, other, resource("policy", {deposed, instance(attributes("p3", "is", "kms"))})}));

  EXPECT_THAT(addresses_of(reading), ElementsAre("ibm_iam_authorization_policy.policy"));
  EXPECT_EQ(reading->policies.front().id, PolicyId{"p3"});
  EXPECT_EQ(reading->deposed, 1U);
}

TEST(TerraformState, ReadsArgumentsAsTheProviderSendsThem) {
  const StatePolicy policy = only(attributes(
      "p1",
      "is",
      "kms",
      R"("source_service_account":")" + kElsewhere +
          R"(","source_resource_instance_id":"i-1","source_resource_type":"share",)"
          R"("source_resource_group_id":"*","target_resource_instance_id":")" +
          kKeys +
          R"(","target_resource_type":"key","target_resource_group_id":"g",)"
          R"("resource_attributes":[],"roles":["Writer","Reader"],"description":"Why.",)"));

  EXPECT_EQ(policy.unreadable, "");
  const std::string equals(kStringEquals);
  EXPECT_EQ(policy.content.subject,
            (AttributeSet{{"serviceName", equals, "is"},
                          {"accountId", equals, kElsewhere},
                          {"serviceInstance", equals, "i-1"},
                          {"resourceType", equals, "share"},
                          {"resourceGroupId", std::string(kStringExists), true}}));
  EXPECT_EQ(policy.content.resource,
            (AttributeSet{{"serviceName", equals, "kms"},
                          {"serviceInstance", equals, kKeys},
                          {"resourceType", equals, "key"},
                          {"resourceGroupId", equals, "g"}}));
  EXPECT_EQ(policy.content.roles, (RoleSet{"Reader", "Writer"}));
  EXPECT_EQ(policy.content.description, "Why.");
}

TEST(TerraformState, ReadsBlocksBeforeTheArgumentsThatRepeatThem) {
  const StatePolicy policy = only(attributes(
      "p1",
      "is",
      "kms",
      R"("subject_attributes":[{"name":"accountId","operator":"","value":")" + kHome +
          R"("},{"name":"resourceGroupId","operator":"","value":"*"},)"
          R"({"name":"serviceName","value":"is","operator":"stringEquals"}],)"
          R"("resource_attributes":[{"name":"volumeId","operator":"stringExists","value":"true"},)"
          R"({"name":"keyRing","operator":"stringMatch","value":"a*"},)"
          R"({"name":"serviceName","operator":"stringEquals","value":"kms"}],)"));

  EXPECT_EQ(policy.unreadable, "");
  EXPECT_EQ(policy.content.subject.find("resourceGroupId")->value, AttributeValue(true));
  EXPECT_EQ(policy.content.resource.find("volumeId")->value, AttributeValue(true));
  EXPECT_EQ(policy.content.resource.find("keyRing")->op, kStringMatch);
  EXPECT_THAT(policy.content.resource.items(), SizeIs(3));
}

TEST(TerraformState, SaysWhatItCannotTellOfAPolicy) {
  for (
      const char* more : {
          R"("resource_attributes":[{"name":"region","operator":"stringEqualsAnyOf","value":"[a b]"}],)",
          R"("resource_attributes":[{"name":"volumeId","operator":"stringExists","value":"yes"}],)",
          R"("resource_attributes":[{"operator":"stringEquals","value":"x"}],)",
          R"("resource_attributes":{"name":"x"},)",
          R"("subject_attributes":[7],)",
          R"("source_service_name":{},)",
          R"("roles":[1],)",
          R"("roles":"Reader",)",
          R"("description":[],)",
      }) {
    EXPECT_NE(only(attributes("p1", "is", "kms", more)).unreadable, "") << more;
  }
}

TEST(TerraformState, RefusesWhatIsNoStateItKnowsAndSaysWhatToDo) {
  EXPECT_THAT(why_not(""), HasSubstr("not JSON"));
  EXPECT_THAT(why_not("[]"), HasSubstr("neither a state file"));
  EXPECT_THAT(why_not(R"({"version":3,"modules":[]})"), HasSubstr("Terraform 0.12"));
  EXPECT_THAT(why_not(R"({"version":"4","resources":[]})"), HasSubstr("neither a state file"));
  EXPECT_THAT(why_not(R"({"serial":1,"encrypted_data":"eA==","encryption_version":"v0"})"),
              HasSubstr("tofu show -json"));
  EXPECT_THAT(why_not(R"({"format_version":"1.2","planned_values":{}})"), HasSubstr("is a plan"));
  EXPECT_THAT(why_not(std::string(500, '[')), HasSubstr("nested"));
  EXPECT_THAT(why_not(R"({"version":4,"resources":{}})"), HasSubstr("no list"));
  EXPECT_EQ(why_not(R"({"version":5,"resources":[]})"), "it was read");
}

TEST(TerraformState, RefusesAnAddressThatWouldBreakOutOfAConfiguration) {
  for (const char* module : {"module.a\\\\n}",
                             "module.a b",
                             "a",
                             "module.",
                             "module.a.",
                             "module.a[0]x",
                             "module.a\\nremoved {",
                             "module.a[\\\"\\u001b[2J\\\"]"}) {
    const std::string state =
        state_file({resource("p", {instance(attributes("p1", "is", "kms"))}, module)});
    EXPECT_THAT(why_not(state), HasSubstr("address cannot be read")) << module;
  }
  EXPECT_THAT(why_not(state_file({resource("p q", {instance(attributes("p1", "is", "kms"))})})),
              HasSubstr("address cannot be read"));
  EXPECT_THAT(why_not(state_file({resource("p", {instance(attributes("p1", "is", "kms"), "{}")})})),
              HasSubstr("address cannot be read"));
}

}  // namespace
}  // namespace authzd::test
