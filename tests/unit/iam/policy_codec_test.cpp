// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/policy_codec.hpp"

#include "reconciler/base/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kReader = "crn:v1:bluemix:public:iam::::serviceRole:Reader";
constexpr std::string_view kOperator = "crn:v1:bluemix:public:iam::::role:Operator";

/// The v2 policy of iam-api §2.5.
constexpr std::string_view kBackupPolicy = R"json({
 "type":"authorization","description":"nightly (authzd: prod/backup#0123456789ab)",
 "subject":{"attributes":[{"key":"serviceName","operator":"stringEquals","value":"is"},
   {"key":"accountId","operator":"stringEquals","value":"A1B2C3D4A1B2C3D4A1B2C3D4A1B2C3D4"},
   {"key":"resourceType","operator":"stringEquals","value":"backup-policy"}]},
 "resource":{"attributes":[{"key":"accountId","value":"a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4"},
   {"key":"serviceName","operator":"stringEquals","value":"is"},
   {"key":"volumeId","operator":"stringExists","value":true}]},
 "control":{"grant":{"roles":[{"role_id":"crn:v1:bluemix:public:iam::::role:Operator"}]}},
 "id":"b9ee7862-0000-4000-8000-000000000001",
 "href":"https://iam.cloud.ibm.com/v1/policies/b9ee7862-0000-4000-8000-000000000001",
 "created_at":"2023-04-24T17:26:35.077Z","created_by_id":"IBMid-1","last_permit_frequency":3,
 "last_modified_at":"2024-04-24T17:26:35.077Z","last_modified_by_id":"iam-ServiceId-2",
 "last_permit_at":"2024-05-01T00:00:00Z","state":"active"})json";

/// A v2 policy with one member replaced or added; `members` ends in a comma or is empty.
std::string policy_with(std::string_view members) {
  return R"({"id":"p1","type":"authorization",)" + std::string(members) +
         R"("subject":{"attributes":[{"key":"serviceName","value":"is"}]},
            "resource":{"attributes":[{"key":"serviceName","value":"kms"}]},
            "control":{"grant":{"roles":[{"role_id":"r"}]}},"state":"active"})";
}

std::string page_of(std::string_view elements, std::string_view rest = "") {
  return R"({"policies":[)" + std::string(elements) + "]" + std::string(rest) + "}";
}

std::string message_of(const Result<PolicyPage>& page) {
  return page ? "no error"
              : std::string(to_string(page.error().code)) + ": " + page.error().message;
}

TEST(PolicyCodec, ReadsEveryPartOfAPolicyOfV2) {
  const auto policy = decode_policy(kBackupPolicy);

  ASSERT_TRUE(policy) << policy.error().message;
  const std::string account = "a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4";
  EXPECT_EQ(policy->id, PolicyId("b9ee7862-0000-4000-8000-000000000001"));
  EXPECT_EQ(policy->content.subject.equals_value("accountId"), account);
  EXPECT_EQ(policy->content.resource.equals_value("accountId"), account);
  const Attribute volume{"volumeId", std::string(kStringExists), true};
  ASSERT_NE(policy->content.resource.find("volumeId"), nullptr);
  EXPECT_EQ(*policy->content.resource.find("volumeId"), volume);
  EXPECT_EQ(policy->content.roles, RoleSet{std::string(kOperator)});
  EXPECT_EQ(policy->content.description, "nightly (authzd: prod/backup#0123456789ab)");
  EXPECT_TRUE(policy->content.extras.empty());
  EXPECT_EQ(policy->created_by, IamId("IBMid-1"));
  EXPECT_EQ(policy->last_modified_by, IamId("iam-ServiceId-2"));
  EXPECT_EQ(policy->last_modified_at, "2024-04-24T17:26:35.077Z");
  EXPECT_EQ(policy->last_permit_at, parse_rfc3339("2024-05-01T00:00:00Z"));
}

TEST(PolicyCodec, ReadsTheSameContentFromBothVersions) {
  const std::string v1 = R"({"id":"p1","type":"authorization","state":"active",
    "subjects":[{"attributes":[{"name":"accountId","value":"a1"},{"name":"serviceName","value":"is"}]}],
    "roles":[{"role_id":"r","display_name":"Reader","description":"As a reader, …"}],
    "resources":[{"attributes":[{"name":"serviceName","value":"kms","operator":"stringEquals"}],
                  "tags":[{"name":"env","value":"prod"}]}]})";
  const std::string v2 = R"({"id":"p1","type":"authorization","state":"active",
    "subject":{"attributes":[{"key":"serviceName","operator":"stringEquals","value":"is"},
                             {"key":"accountId","value":"a1"}]},
    "resource":{"tags":[{"key":"env","operator":"stringEquals","value":"prod"}],
                "attributes":[{"key":"serviceName","value":"kms"}]},
    "control":{"grant":{"roles":[{"role_id":"r","display_name":"Reader","actions":[]}]}}})";

  const auto one = decode_policy_v1(v1);
  const auto two = decode_policy(v2);

  ASSERT_TRUE(one && *one && two);
  EXPECT_EQ(**one, *two);
  EXPECT_EQ(two->content.resource.equals_value("tag:env"), "prod");
  EXPECT_EQ(two->role_names, (std::map<std::string, std::string>{{"r", "Reader"}}));
}

TEST(PolicyCodec, TakesTheTextTrueOfStringExistsForTheBoolean) {
  const auto policy = decode_policy(R"({"id":"p","type":"authorization","resource":{"attributes":[
    {"key":"volumeId","operator":"stringExists","value":"true"}]}})");

  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->content.resource.find("volumeId")->value, AttributeValue(true));
}

TEST(PolicyCodec, SortsTheValuesOfAnAnyOf) {
  const auto policy = decode_policy(R"({"id":"p","type":"authorization","resource":{"attributes":[
    {"key":"region","operator":"stringEqualsAnyOf","value":["us-south","eu-de","us-south"]}]}})");

  ASSERT_TRUE(policy);
  const std::vector<std::string> sorted{"eu-de", "us-south"};
  EXPECT_EQ(policy->content.resource.find("region")->value, AttributeValue(sorted));
}

TEST(PolicyCodec, KeepsWhatAGrantCannotHaveAsExtras) {
  const auto policy = decode_policy(R"({"id":"p","type":"authorization",
    "pattern":"time-based", "rule":{"operator":"and","conditions":[]},
    "subject":{"attributes":[],"other":1},
    "control":{"grant":{"roles":[],"limit":{"b":1,"a":2}},"deny":true}, "rating":null})");

  ASSERT_TRUE(policy);
  const std::map<std::string, std::string> extras{{"pattern", R"("time-based")"},
                                                  {"rule", R"({"conditions":[],"operator":"and"})"},
                                                  {"subject.other", "1"},
                                                  {"control.grant.limit", R"({"a":2,"b":1})"},
                                                  {"control.deny", "true"}};
  EXPECT_EQ(policy->content.extras, extras);
}

/// A negation or a condition that is dropped would be lost with the next PUT.
TEST(PolicyCodec, KeepsWhatAnAttributeOrARoleHasBesides) {
  const auto policy = decode_policy(R"({"id":"p","type":"authorization",
    "subject":{"attributes":[{"key":"region","value":"x","negate":true}]},
    "resource":{"attributes":[],"tags":[{"key":"env","value":"x","until":[1]}]},
    "control":{"grant":{"roles":[{"role_id":"r","when":{"a":1}}]}}})");

  ASSERT_TRUE(policy);
  const std::map<std::string, std::string> extras{{"subject.attributes.region.negate", "true"},
                                                  {"resource.tags.env.until", "[1]"},
                                                  {"control.grant.roles.r.when", R"({"a":1})"}};
  EXPECT_EQ(policy->content.extras, extras);
}

TEST(PolicyCodec, TakesWhatIamAddsForPeopleForNoContent) {
  const auto policy = decode_policy(R"({"id":"p","type":"authorization",
    "subject":{"attributes":[{"key":"region","value":"x","display_value":"X"}]},
    "control":{"grant":{"roles":[{"role_id":"r","display_name":"R","description":"d",
      "actions":[{"id":"a"}]}]}}})");

  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->content.extras, (std::map<std::string, std::string>{}));
}

TEST(PolicyCodec, TakesAnEmptyMemberForNone) {
  const auto policy = decode_policy(R"({"id":"p","type":"authorization","pattern":"", "rule":{},
    "subject":{"attributes":[{"key":"serviceName","value":"is"}],"tags":[],"links":[]},
    "resource":{"attributes":[],"label":""},
    "control":{"grant":{"roles":[],"limits":{}},"deny":[],"note":null}})");

  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->content.extras, (std::map<std::string, std::string>{}));
}

TEST(PolicyCodec, NeverOverlooksASecondSubject) {
  const auto policy = decode_policy_v1(R"({"id":"p","type":"authorization",
    "subjects":[{"attributes":[{"name":"serviceName","value":"is"}]},
                {"attributes":[{"name":"serviceName","value":"kms"}]}]})");

  ASSERT_TRUE(policy && *policy);
  EXPECT_EQ((*policy)->content.subject.equals_value("serviceName"), "is");
  EXPECT_EQ((*policy)->content.extras.count("subjects"), 1U);
}

TEST(PolicyCodec, MarksWhatAnEnterpriseTemplateMade) {
  const auto named = decode_policy(policy_with(R"("template":{"id":"t1","version":"1"},)"));
  const auto bare = decode_policy(policy_with(R"("template":{"version":"1"},)"));

  ASSERT_TRUE(named && bare);
  EXPECT_EQ(named->template_id, "t1");
  EXPECT_FALSE(bare->template_id.empty());
}

TEST(PolicyCodec, KnowsADeletedPolicy) {
  const auto policy = decode_policy(R"({"id":"p","type":"authorization","state":"deleted"})");

  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->state, PolicyState::deleted);
}

TEST(PolicyCodec, TakesAnUnreadableLastPermitForUnknown) {
  const auto policy = decode_policy(policy_with(R"("last_permit_at":17,)"));

  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->last_permit_at, std::nullopt);
}

TEST(PolicyCodec, NeverTakesThePlaceholderOfV1ForAPolicy) {
  const auto policy = decode_policy_v1(R"({"id":"p","type":"authorization",
    "description":"**This is a unsupported policy version placeholder, …**",
    "subjects":[{"attributes":[{"name":"iam_id","value":"unsupported version"}]}],
    "roles":[{"role_id":"crn:v1:bluemix:public:iam::::role:UnsupportedVersion"}],
    "resources":[{"attributes":[{"name":"accountId","value":"a1"}]}],
    "href":"https://iam.cloud.ibm.com/v2/policies/p"})");

  ASSERT_TRUE(policy);
  EXPECT_FALSE(policy->has_value());
}

TEST(PolicyPage, ReadsPoliciesAndTheWayOn) {
  const auto page = decode_policy_page(page_of(policy_with("") + "," + policy_with(""),
                                               R"(,"limit":2,"next":{"href":"…","start":"abc"})"));

  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->policies.size(), 2U);
  EXPECT_EQ(page->next_start, "abc");
}

TEST(PolicyPage, FindsTheWayOnInALinkThatHasNoStartBesideIt) {
  const auto page = decode_policy_page(page_of(
      "", R"(,"next":{"href":"https://iam/v2/policies?account_id=a&start=x%2By&limit=1"})"));

  ASSERT_TRUE(page);
  EXPECT_EQ(page->next_start, "x+y");
}

TEST(PolicyPage, FindsTheWayOnInALinkThatStandsAlone) {
  const auto page = decode_policy_page(page_of("", R"(,"next":"https://iam/v2/policies?start=x")"));

  ASSERT_TRUE(page);
  EXPECT_EQ(page->next_start, "x");
}

TEST(PolicyPage, EndsWhereNothingIsNext) {
  for (const std::string_view rest : {"",
                                      R"(,"next":null)",
                                      R"(,"next":{})",
                                      R"(,"next":"")",
                                      R"(,"next":{"href":"","start":null})"}) {
    const auto page = decode_policy_page(page_of("", rest));
    ASSERT_TRUE(page) << rest;
    EXPECT_EQ(page->next_start, "") << rest;
  }
}

TEST(PolicyPage, SkipsPoliciesOfAnotherType) {
  const auto page =
      decode_policy_page(page_of(R"({"id":"x","type":"access","subject":17},)" + policy_with("")));

  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->policies.size(), 1U);
}

struct OddPolicy {
  const char* name;
  std::string members;
  const char* message;
};

class OddPolicyInAList : public ::testing::TestWithParam<OddPolicy> {};

TEST_P(OddPolicyInAList, IsLeftOutAndNamedAndDoesNotStopTheList) {
  const std::string odd = R"({"id":"x","type":"authorization",)" + GetParam().members + "}";

  const auto page = decode_policy_page(page_of(odd + "," + policy_with("")));

  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(page->policies.size(), 1U);
  EXPECT_EQ(page->policies[0].id, PolicyId("p1"));
  ASSERT_EQ(page->unreadable.size(), 1U);
  EXPECT_EQ(page->unreadable[0].id, PolicyId("x"));
  EXPECT_THAT(page->unreadable[0].problem, HasSubstr("policy x"));
  EXPECT_THAT(page->unreadable[0].problem, HasSubstr(GetParam().message));
  const bool is_readable_alone = odd.size() > kMostPolicyBytes;
  EXPECT_EQ(decode_policy(odd).has_value(), is_readable_alone) << "read alone, it is an error";
}

INSTANTIATE_TEST_SUITE_P(
    Members,
    OddPolicyInAList,
    ::testing::Values(
        OddPolicy{"State", R"("state":"odd")", "'odd'"},
        OddPolicy{"Roles", R"("control":{"grant":{"roles":{}}})", "'roles'"},
        OddPolicy{"NoValue", R"("subject":{"attributes":[{"key":"a"}]})", "without a value"},
        OddPolicy{"Number", R"("subject":{"attributes":[{"key":"a","value":7}]})", "no known kind"},
        OddPolicy{"Numbers",
                  R"("subject":{"attributes":[{"key":"a","value":[7]}]})",
                  "other things than text"},
        OddPolicy{
            "LongNumber", R"("last_permit_frequency":1)" + std::string(400, '0'), "out of bounds"},
        OddPolicy{"LoneSurrogate", R"("description":"\ud800 (authzd:")", "out of bounds"},
        OddPolicy{"ManyBrackets",
                  R"("x":)" + std::string(200'000, '[') + std::string(200'000, ']'),
                  "out of bounds"},
        OddPolicy{"ManyBracketsInText",
                  R"("state":"odd","x":")" + std::string(1000, '[') + R"(\"")",
                  "'odd'"},
        OddPolicy{"TooLarge",
                  R"("description":")" + std::string(kMostPolicyBytes, 'x') + "\"",
                  "more than 1048576"},
        OddPolicy{"TextOfAMarker", R"("state":"odd","description":"a (authzd: note")", "'odd'"}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(PolicyPage, SaysOfAnUnreadablePolicyWhoseItMayBe) {
  const auto one = [](std::string_view members) {
    const auto page = decode_policy_page(
        page_of(R"({"id":"x","type":"authorization","state":"odd",)" + std::string(members) + "}"));
    return page && page->unreadable.size() == 1 ? page->unreadable[0] : UnreadablePolicy();
  };

  const auto whole =
      one(R"("description":"a \"b\"","created_by_id":"me","last_modified_by_id":"you")");
  EXPECT_EQ(whole.description, "a \"b\"");
  EXPECT_EQ(whole.created_by, IamId("me"));
  EXPECT_EQ(whole.last_modified_by, IamId("you"));
  EXPECT_EQ(one(R"("description":null)").description, "");
  EXPECT_EQ(one(R"("created_by_id":"me")").description, "");
  EXPECT_EQ(one(R"("description":7)").description, std::nullopt);
  EXPECT_EQ(one(R"("description":"\udc00")").description, std::nullopt);
}

/// Each costs work and memory, and an account has a few at most.
TEST(PolicyPage, RefusesAListOfWhichTooMuchCannotBeRead) {
  std::string page = R"({"policies":[)";
  for (std::size_t i = 0; i <= kMostUnreadable; ++i) {
    page += (i == 0 ? "" : ",");
    page += R"({"id":")" + std::to_string(i) + R"(","type":"authorization","subject":7})";
  }

  const auto decoded = decode_policy_page(page + "]}");

  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, ErrorCode::bad_response);
}

TEST(PolicyPage, LeavesOutAnUnreadablePolicyOfAnotherType) {
  const auto page = decode_policy_page(
      page_of(R"({"id":"x","type":"access","n":1)" + std::string(400, '0') + "}"));

  ASSERT_TRUE(page) << page.error().message;
  EXPECT_TRUE(page->unreadable.empty());
}

struct BadPage {
  const char* name;
  std::string body;
  const char* message;
};

class PolicyPageFault : public ::testing::TestWithParam<BadPage> {};

TEST_P(PolicyPageFault, FailsTheWholeList) {
  const auto page = decode_policy_page(GetParam().body);

  ASSERT_FALSE(page);
  EXPECT_THAT(message_of(page), HasSubstr("BadResponse"));
  EXPECT_THAT(message_of(page), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Bodies,
    PolicyPageFault,
    ::testing::Values(
        BadPage{"Html", "<!DOCTYPE html><p>hello", "is a web page"},
        BadPage{"Empty", " ", "is empty"},
        BadPage{"Text", "upstream error", "is not JSON"},
        BadPage{"Cut", R"({"policies":[{"id":"a")", "is not JSON"},
        BadPage{"NoPolicies", "{}", "no list of policies"},
        BadPage{"PoliciesAreText", R"({"policies":"none"})", "not a list"},
        BadPage{"NoObject", page_of(policy_with("") + ",7"), "no object"},
        BadPage{"NextIsAnotherLink",
                page_of("", R"(,"next":{"href":"https://iam/v2/policies?offset=50"})"),
                "not where it starts"},
        BadPage{"NextIsText", page_of("", R"(,"next":"/v2/policies?page=2")"), "where it starts"},
        BadPage{"NextIsANumber", page_of("", R"(,"next":2)"), "not where it starts"},
        BadPage{"NextStartsAtANumber", page_of("", R"(,"next":{"start":50})"), "'start'"},
        BadPage{"NoId", page_of(policy_with("") + R"(,{"type":"authorization"})"), "number 2"},
        BadPage{"NoType", page_of(R"({"id":"x"})"), "no 'type'"},
        BadPage{"EmptyElement", page_of(policy_with("") + ","), "is not JSON"},
        BadPage{"MismatchedBrackets",
                page_of(R"({"id":"x","type":"authorization","a":[}]})"),
                "is not JSON"},
        BadPage{"TwoLists", R"({"policies":[],"policies":[]})", "is not JSON"},
        BadPage{"ListUnderAnEscapedName", R"({"polic\u0069es":[{"id":"x"}]})", "odd way"},
        BadPage{"TextAfterIt", page_of("") + "{}", "is not JSON"},
        BadPage{"LongNumberWithoutAnId", page_of("1" + std::string(400, '0')), "is not JSON"},
        BadPage{"TooDeep", page_of(std::string(500, '[') + std::string(500, ']')), "is not JSON"}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(PolicyCodec, WritesWhatItReads) {
  const auto policy = decode_policy(kBackupPolicy);
  ASSERT_TRUE(policy);

  const std::string body = encode_policy(policy->content);

  const auto again = decode_policy(R"({"id":"x",)" + body.substr(1));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->content, policy->content);
}

/// As IBM's Terraform provider creates one: in its own order, with a GUID as people typed it.
constexpr std::string_view kProvidersPolicy = R"json({"control":{"grant":{"roles":[
  {"role_id":"crn:v1:bluemix:public:iam::::serviceRole:Writer"},
  {"role_id":"crn:v1:bluemix:public:iam::::serviceRole:Reader"}]}},"description":"keys",
 "id":"p1","resource":{"attributes":[
  {"key":"serviceName","operator":"stringEquals","value":"kms"},
  {"key":"accountId","operator":"stringEquals","value":"a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4"},
  {"key":"serviceInstance","operator":"stringEquals","value":"51042D7F-F0DF-4915-BD39-6A49957C9175"},
  {"key":"region","operator":"stringEqualsAnyOf","value":["us-south","eu-de"]}],
  "tags":[{"key":"z","operator":"stringEquals","value":"1"},{"key":"a","operator":"stringEquals","value":"2"}]},
 "subject":{"attributes":[
  {"key":"serviceName","operator":"stringEquals","value":"is"},
  {"key":"accountId","operator":"stringEquals","value":"a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4"},
  {"key":"resourceType","operator":"stringEquals","value":"share"},
  {"key":"resourceGroupId","operator":"stringExists","value":true}]},
 "type":"authorization"})json";

TEST(PolicyCodec, KeepsTheOrderAndTheSpellingOfWhatItHasRead) {
  const auto policy = decode_policy(kProvidersPolicy);
  ASSERT_TRUE(policy) << policy.error().message;

  const std::string body = encode_policy(policy->content, decode_layout(kProvidersPolicy));

  std::string expected;
  for (const std::string_view line : split_lines(kProvidersPolicy)) expected += trim(line);
  EXPECT_EQ(body, expected.replace(expected.find(R"("id":"p1",)"), 10, ""));
}

TEST(PolicyCodec, PutsWhatIsNewBehindWhatItHasReadAndLeavesOutWhatIsGone) {
  auto policy = decode_policy(kProvidersPolicy);
  ASSERT_TRUE(policy);
  policy->content.roles = {"a:Administrator", std::string(kReader)};
  policy->content.subject = AttributeSet{{"accountId", std::string(kStringEquals), "theirs"},
                                         {"serviceName", std::string(kStringEquals), "is"}};

  const std::string body = encode_policy(policy->content, decode_layout(kProvidersPolicy));

  EXPECT_THAT(body,
              HasSubstr(R"([{"role_id":")" + std::string(kReader) +
                        R"("},{"role_id":"a:Administrator"}])"));
  EXPECT_THAT(body,
              HasSubstr(R"("subject":{"attributes":[)"
                        R"({"key":"serviceName","operator":"stringEquals","value":"is"},)"
                        R"({"key":"accountId","operator":"stringEquals","value":"theirs"}]})"));
}

TEST(PolicyCodec, TakesNoOrderFromWhatIsNoPolicy) {
  for (const std::string_view body : {"", "[]", R"({"subject":{"attributes":[{"value":"x"}]}})"}) {
    EXPECT_EQ(decode_layout(body), PolicyLayout{}) << body;
  }
}

TEST(PolicyCodec, WritesTheBodyThatIbmsOwnClientsSend) {
  PolicyContent content;
  content.subject = AttributeSet{{"serviceName", std::string(kStringEquals), "server-protect"}};
  content.resource = AttributeSet{{"serviceName", std::string(kStringEquals), "kms"},
                                  {"volumeId", std::string(kStringExists), true},
                                  {"tag:env", std::string(kStringEquals), "prod"}};
  content.roles = {std::string(kReader)};
  content.description = "keys";

  EXPECT_EQ(encode_policy(content),
            R"({"control":{"grant":{"roles":[{"role_id":")" + std::string(kReader) +
                R"("}]}},"description":"keys","resource":{"attributes":[)"
                R"({"key":"serviceName","operator":"stringEquals","value":"kms"},)"
                R"({"key":"volumeId","operator":"stringExists","value":true}],)"
                R"("tags":[{"key":"env","operator":"stringEquals","value":"prod"}]},)"
                R"("subject":{"attributes":[)"
                R"({"key":"serviceName","operator":"stringEquals","value":"server-protect"}]},)"
                R"("type":"authorization"})");
}

TEST(DecodePolicy, KeepsNoNameThatIsAnotherRoles) {
  const auto policy = decode_policy(
      R"({"type":"authorization","id":"1","control":{"grant":{"roles":[)"
      R"({"role_id":"crn:v1:bluemix:public:iam::::serviceRole:Manager","display_name":"Reader"},)"
      R"({"role_id":"crn:v1:bluemix:public:iam::::serviceRole:Writer","display_name":"Writer"}]}}})");

  ASSERT_TRUE(policy) << policy.error().message;
  EXPECT_EQ(policy->role_names.size(), 1U);
}

TEST(DecodePolicy, ReadsManyAttributesInOnePass) {
  std::string attributes;
  for (int i = 0; i < 100'000; ++i) attributes += R"({"key":"a","value":"b"},)";
  const std::string body = R"({"type":"authorization","id":"1","subject":{"attributes":[)" +
                           attributes + R"({"key":"serviceName","value":"kms"}]}})";

  const auto policy = decode_policy(body);

  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->content.subject.equals_value("serviceName"), "kms");
}

}  // namespace
}  // namespace authzd
