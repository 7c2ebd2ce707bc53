// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A property test (tests/property/iam) checks that both ways of reading agree; this one, which
// policies are read the quick way.
#include "daemon/iam/quick_policy.hpp"

#include "daemon/iam/policy_codec.hpp"

#include <gtest/gtest.h>

#include <string>

namespace authzd {
namespace {

/// A policy in IAM's usual form, with `members` first; they end in a comma or are empty.
std::string policy_with(std::string_view members,
                        std::string_view side = R"({"attributes":[]})",
                        std::string_view grant = R"({"roles":[]})") {
  return R"({)" + std::string(members) + R"json("id":"p1","type":"authorization","state":"active",
    "description":"a \"disk\" \u00e9 (authzd: us/disks#0123456789ab)","last_permit_frequency":3,
    "subject":{"attributes":[{"key":"serviceName","operator":"stringEquals","value":"is"},
                             {"key":"volumeId","operator":"stringExists","value":true}]},
    "resource":)json" +
         std::string(side) + R"(,"control":{"grant":)" + std::string(grant) + R"(},
    "created_by_id":"IBMid-1","created_at":"2023-04-24T17:26:35.077Z","template":null})";
}

bool is_quick(const std::string& json) {
  return QuickPolicies().read(json).has_value();
}

TEST(QuickPolicies, ReadsWhatIamWrites) {
  const std::string json = policy_with(
      R"("href":"https://iam.cloud.ibm.com/v2/policies/p1","last_permit_at":"2024-01-31T08:00:00Z",)",
      R"({"attributes":[{"key":"region","operator":"stringEqualsAnyOf","value":["b","a"]}],
          "tags":[{"key":"env","operator":"stringEquals","value":"prod"}]})",
      R"({"roles":[{"role_id":"r","display_name":"Reader"}]})");

  const auto policy = QuickPolicies().read(json);

  ASSERT_TRUE(policy);
  EXPECT_EQ(*policy, *decode_policy(json));
}

TEST(QuickPolicies, ReadsOneAfterTheOther) {
  QuickPolicies policies;
  for (const std::string& filler : {std::string(), std::string(60'000, 'x'), std::string()}) {
    const std::string json = policy_with(R"("filler":")" + filler + R"(",)");
    const auto policy = policies.read(json);
    ASSERT_TRUE(policy);
    EXPECT_EQ(*policy, *decode_policy(json));
  }
}

TEST(QuickPolicies, LeavesWhatItDoesNotKnow) {
  const std::string deep = std::string(33, '[') + std::string(33, ']');
  const std::string kOdd[] = {
      policy_with(R"("rule":{"operator":"and"},)"),
      policy_with(R"("pattern":"time-based",)"),
      policy_with(R"("template":{"id":"t"},)"),
      policy_with(R"("id":"twice",)"),
      policy_with(R"("\u0069d":"twice",)"),
      policy_with(R"("half":"\udc00",)"),
      policy_with(R"("half":"\uD800",)"),
      policy_with("\"text\":\"\xff\","),
      policy_with(R"("number":1e400,)"),
      policy_with(R"("deep":)" + deep + ","),
      policy_with(R"("long":")" + std::string(70'000, 'x') + R"(",)"),
      policy_with("", R"({"attributes":[],"other":1})"),
      policy_with("", R"({"attributes":[],"attributes":[]})"),
      policy_with("", R"({"attributes":[{"key":"a","value":1}]})"),
      policy_with("", R"({"attributes":[{"key":"a"}]})"),
      policy_with("", R"({"attributes":[{"value":"a"}]})"),
      policy_with("", R"({"attributes":[{"key":"a","value":"b","value":"c"}]})"),
      policy_with("", R"("text")"),
      policy_with("", R"({"attributes":[]})", R"({"roles":[],"limit":1})"),
      policy_with("", R"({"attributes":[]})", R"({"roles":[{"display_name":"Reader"}]})"),
      R"({"id":"p","type":"access"})",
      R"({"id":"","type":"authorization"})",
      R"({"id":"p","type":"authorization","state":"odd"})",
      R"(["id"])",
      "",
  };
  for (const std::string& json : kOdd) EXPECT_FALSE(is_quick(json)) << json.substr(0, 200);
}

TEST(QuickPolicies, TakesAnEmptyMemberForNone) {
  EXPECT_TRUE(is_quick(policy_with(R"("rule":{},"pattern":"",)",
                                   R"({"attributes":[],"label":"","links":[],"more":null})",
                                   R"({"roles":null,"limits":{}})")));
}

}  // namespace
}  // namespace authzd
