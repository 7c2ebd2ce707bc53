// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/offline_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using ::testing::HasSubstr;

/// One element of `ibmcloud iam authorization-policies --output JSON`.
constexpr std::string_view kFromCli = R"({"id":"p1","type":"authorization","state":"active",
  "subjects":[{"attributes":[{"name":"serviceName","value":"server-protect"}]}],
  "roles":[{"role_id":"crn:v1:bluemix:public:kms::::serviceRole:KeyPurge","display_name":"Key Purge"}],
  "resources":[{"attributes":[{"name":"serviceName","value":"kms","operator":"stringEquals"}]}]})";

constexpr std::string_view kPlaceholder = R"({"id":"p2","type":"authorization",
  "roles":[{"role_id":"crn:v1:bluemix:public:iam::::role:UnsupportedVersion"}]})";

std::string list_of(std::string_view elements) {
  return "[" + std::string(elements) + "]";
}

TEST(SavedList, IsTheArrayOfTheCommandLineTool) {
  const auto list = parse_saved_list(list_of(kFromCli));

  ASSERT_TRUE(list) << list.error().message;
  ASSERT_EQ(list->policies.size(), 1U);
  EXPECT_EQ(list->policies[0].content.subject.equals_value("serviceName"), "server-protect");
}

TEST(SavedList, IsAReplyOfEitherVersion) {
  const std::string v2 = R"({"id":"p0","type":"authorization","state":"active",
    "subject":{"attributes":[{"key":"serviceName","value":"is"}]}})";
  const auto list = parse_saved_list(R"({"policies":[)" + std::string(kFromCli) + "," + v2 + "]}");

  ASSERT_TRUE(list) << list.error().message;
  ASSERT_EQ(list->policies.size(), 2U);
  EXPECT_EQ(list->policies[0].content.subject.equals_value("serviceName"), "is");
}

TEST(SavedList, WarnsOfAPolicyThatItCannotShow) {
  const auto list = parse_saved_list(list_of(kPlaceholder));

  ASSERT_TRUE(list);
  EXPECT_TRUE(list->policies.empty());
  ASSERT_EQ(list->warnings.size(), 1U);
  EXPECT_THAT(list->warnings[0], HasSubstr("p2"));
}

TEST(SavedList, WarnsOfAPolicyOfOthersThatItCannotRead) {
  const std::string odd = R"({"id":"x","type":"authorization","state":"new"})";
  const auto list = parse_saved_list(list_of(odd));

  ASSERT_TRUE(list) << list.error().message;
  EXPECT_TRUE(list->policies.empty());
  ASSERT_EQ(list->warnings.size(), 1U);
  EXPECT_THAT(list->warnings[0], HasSubstr("policy x has the unknown state 'new'"));
}

TEST(SavedList, LeavesOutDeletedPolicies) {
  const auto list =
      parse_saved_list(R"([{"id":"x","type":"authorization","state":"deleted","subjects":[]}])");

  ASSERT_TRUE(list);
  EXPECT_TRUE(list->policies.empty());
}

TEST(SavedList, SaysWhatIsAcceptedWhereItIsSomethingElse) {
  const std::string twice = std::string(kFromCli) + "," + std::string(kFromCli);
  const std::pair<std::string, const char*> bad[] = {
      {"OK\n\nID: x", "not JSON"},
      {R"({"policies":[]}{"policies":[]})", "more than one document"},
      {R"({"resources":[]})", "no list of policies"},
      {R"({"policies":[],"next":{"start":"abc"}})", "one page of several"},
      {R"({"policies":[],"next":{"href":"https://iam/v2?start=abc"}})", "one page of several"},
      {R"([{"type":"authorization"}])", "policy number 1"},
      {list_of(twice), "twice"}};
  for (const auto& [text, message] : bad) {
    const auto list = parse_saved_list(text);
    ASSERT_FALSE(list) << text;
    EXPECT_EQ(list.error().code, ErrorCode::invalid_config);
    EXPECT_THAT(list.error().message, HasSubstr(message));
    EXPECT_THAT(list.error().message, HasSubstr("accepted are"));
  }
}

TEST(OfflineRoles, ResolvesDocumentedNames) {
  const RoleQuery pair{"server-protect", "kms"};
  const auto crn = resolve_role(offline_roles({}, pair), "Reader", pair);

  ASSERT_TRUE(crn);
  EXPECT_EQ(*crn, "crn:v1:bluemix:public:iam::::serviceRole:Reader");
}

TEST(OfflineRoles, LearnsNamesFromTheListForTheirServiceOnly) {
  const auto list = parse_saved_list(list_of(kFromCli));
  ASSERT_TRUE(list);
  const RoleQuery keys{"server-protect", "kms"};
  const RoleQuery other{"server-protect", "hs-crypto"};

  EXPECT_TRUE(resolve_role(offline_roles(list->policies, keys), "Key Purge", keys));
  EXPECT_FALSE(resolve_role(offline_roles(list->policies, other), "Key Purge", other));
}

}  // namespace
}  // namespace authzd
