// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/offline_list.hpp"

#include "daemon/iam/service_catalogue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

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

TEST(OfflineRoles, KnowWhatIbmPublishesOfEveryService) {
  const std::tuple<const char*, const char*, const char*> known[] = {
      {"iam-identity",
       "Service ID creator",
       "crn:v1:bluemix:public:iam-identity::::serviceRole:ServiceIdCreator"},
      {"iam-groups",
       "Groups Service Member Manage",
       "crn:v1:bluemix:public:iam-groups::::serviceRole:MemberManage"},
      {"event-notifications",
       "Event Source Manager",
       "crn:v1:bluemix:public:event-notifications::::serviceRole:EventSourceManager"},
      {"apprapp",
       "Configuration Update Reporter",
       "crn:v1:bluemix:public:apprapp::::serviceRole:ConfigurationUpdateReporter"},
      {"is", "Share Broker", "crn:v1:bluemix:public:is::::serviceRole:ShareBroker"},
      {"kms",
       "Authorization Delegator",
       "crn:v1:bluemix:public:iam::::role:AuthorizationDelegator"},
      {"a-service-of-tomorrow", "Viewer", "crn:v1:bluemix:public:iam::::role:Viewer"}};
  for (const auto& [target, name, crn] : known) {
    const RoleQuery pair{"secrets-manager", target};
    EXPECT_EQ(resolve_role(offline_roles({}, pair), name, pair).value_or("none"), crn);
  }
}

/// If IBM's rule and IAM differ, the list is right.
TEST(OfflineRoles, TakeTheCrnThatTheListHasOfARoleThatIbmPublishes) {
  const std::string spelt = "crn:v1:bluemix:public:iam::::role:EventSourceManager";
  const auto list = parse_saved_list(list_of(
      R"({"id":"p","type":"authorization","state":"active",
          "subject":{"attributes":[{"key":"serviceName","value":"logs"}]},
          "resource":{"attributes":[{"key":"serviceName","value":"event-notifications"}]},
          "control":{"grant":{"roles":[{"role_id":")" +
      spelt + R"("}]}}})"));
  ASSERT_TRUE(list) << list.error().message;
  const RoleQuery pair{"apprapp", "event-notifications"};

  EXPECT_EQ(
      resolve_role(offline_roles(list->policies, pair), "Event Source Manager", pair).value_or(""),
      spelt);
}

TEST(OfflineRoles, SaysNotKnownWhereItCannotKnow) {
  const RoleQuery pair{"secrets-manager", "iam-identity"};
  const auto crn = resolve_role(offline_roles({}, pair), "ServiceIdCreator", pair);

  ASSERT_FALSE(crn);
  EXPECT_THAT(crn.error().message, HasSubstr("is not known offline"));
  EXPECT_THAT(crn.error().message, HasSubstr("did you mean \"Service ID creator\"?"));
}

TEST(KnownServices, AreTheNamesOfIbmsTableByWhateverPeopleCallThem) {
  using Verdict = ServiceNames::Verdict;
  const std::tuple<const char*, Verdict, const char*> words[] = {
      {"kms", Verdict::known, ""},
      {"databases-for-redis", Verdict::known, ""},
      {"KMS", Verdict::miswritten, "kms"},
      {"Key Protect", Verdict::miswritten, "kms"},
      {"KeyProtect", Verdict::miswritten, "kms"},
      {"key-protect", Verdict::miswritten, "kms"},
      {"Cloud Block Storage", Verdict::miswritten, "server-protect"},
      {"Event Streams", Verdict::miswritten, "messagehub"},
      {"secrets_manager", Verdict::miswritten, "secrets-manager"},
      {"event-notification", Verdict::unknown, "event-notifications"},
      {"secret-manager", Verdict::unknown, "secrets-manager"},
      {"a-service-of-tomorrow", Verdict::unknown, ""}};
  for (const auto& [word, verdict, meant] : words) {
    const auto judged = known_services().judge(word);
    EXPECT_EQ(judged.verdict, verdict) << word;
    EXPECT_EQ(verdict == Verdict::unknown ? known_services().nearest(word) : judged.meant, meant)
        << word;
  }
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
