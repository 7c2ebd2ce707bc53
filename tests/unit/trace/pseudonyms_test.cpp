// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/trace/pseudonyms.hpp"

#include "reconciler/model/attribute.hpp"
#include "reconciler/trace/text_units.hpp"
#include "reconciler/trace/treatment.hpp"
#include "tests/unit/trace/traces.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

class PseudonymsTest : public testing::Test {
 protected:
  PublishedNames names = test::some_names();
  Pseudonyms pseudonyms{test::some_key(), names};
};

constexpr std::string_view kGuid = "51042d7f-f0df-4915-bd39-6a49957c9175";
constexpr std::string_view kHiddenAccount = "a1234567a1234567a1234567a1234567";

TEST_F(PseudonymsTest, KeepTheShapeOfIds) {
  EXPECT_TRUE(is_guid(pseudonyms.hidden(kGuid)));
  EXPECT_TRUE(is_account_id(pseudonyms.hidden(kHiddenAccount)));
  EXPECT_THAT(pseudonyms.hidden("jane.doe@example.com"),
              MatchesRegex("[a-z]{4}\\.[a-z]{3}@[a-z]{7}\\.[a-z]{3}"));
  EXPECT_THAT(pseudonyms.hidden("IBMid-550000ABCD"), MatchesRegex("IBMid-[0-9]{6}[A-Z]{4}"));
  EXPECT_THAT(pseudonyms.hidden("iam-ServiceId-" + std::string(kGuid)),
              StartsWith("iam-ServiceId-" + pseudonyms.hidden(kGuid)));
  EXPECT_THAT(pseudonyms.hidden("r006-" + std::string(kGuid)), "r006-" + pseudonyms.hidden(kGuid));
  EXPECT_THAT(pseudonyms.hidden("ck1abcd0efgh1ijkl2mn"), MatchesRegex("[a-z0-9]{20}"));
  EXPECT_EQ(pseudonyms.hidden("IAM"), "IAM");
  EXPECT_EQ(pseudonyms.hidden("*"), "*");
}

TEST_F(PseudonymsTest, LeaveNothingAsItWas) {
  for (const std::string_view text : {std::string_view("Production"),
                                      std::string_view("a"),
                                      std::string_view("7"),
                                      std::string_view("Müller"),
                                      std::string_view("密钥"),
                                      kGuid,
                                      kHiddenAccount,
                                      std::string_view("10.1.2.3"),
                                      std::string_view("2001:db8:1::7")}) {
    EXPECT_NE(pseudonyms.hidden(text), text);
    EXPECT_EQ(pseudonyms.hidden(text), pseudonyms.hidden(text));
  }
  EXPECT_EQ(pseudonyms.hidden("Müller").size(), std::string_view("Müller").size());
}

TEST_F(PseudonymsTest, GiveAnIdTheSameStandInWhereverItStands) {
  const std::string guid = pseudonyms.hidden(kGuid);
  const std::string account = pseudonyms.hidden(kHiddenAccount);

  EXPECT_EQ(pseudonyms.plain("Policy with Id " + std::string(kGuid) + " not found."),
            "Policy with Id " + guid + " not found.");
  EXPECT_EQ(pseudonyms.crn("crn:v1:bluemix:public:kms:us-south:a/" + std::string(kHiddenAccount) +
                           ":" + std::string(kGuid) + "::"),
            "crn:v1:bluemix:public:kms:us-south:a/" + account + ":" + guid + "::");
  EXPECT_EQ(pseudonyms.path("/v2/policies/" + std::string(kGuid)), "/v2/policies/" + guid);
  EXPECT_EQ(pseudonyms.url("https://iam.cloud.ibm.com/v2/policies?account_id=" +
                           std::string(kHiddenAccount) + "&limit=100"),
            "https://iam.cloud.ibm.com/v2/policies?account_id=" + account + "&limit=100");
}

TEST_F(PseudonymsTest, AreOthersWithAnotherKey) {
  const Pseudonyms others{Secret("another key"), names};

  EXPECT_NE(others.hidden(kGuid), pseudonyms.hidden(kGuid));
}

TEST_F(PseudonymsTest, LetMessagesBeRead) {
  const std::string_view message =
      "The policy wasn't created because an access policy with identical attributes already "
      "exists. "
      "Exceeded maximum policies quota error (4020), BXNIM0415E";

  EXPECT_THAT(pseudonyms.plain(message), HasSubstr("identical attributes already exists"));
  EXPECT_THAT(pseudonyms.plain(message), HasSubstr("quota error (4020), BXNIM0415E"));
  EXPECT_EQ(pseudonyms.plain("stringEqualsAnyOf"), "stringEqualsAnyOf");
  EXPECT_EQ(pseudonyms.plain("insufficent_permissions"), "insufficent_permissions");
  EXPECT_EQ(pseudonyms.plain("Key Manager"), "Key Manager");
  EXPECT_EQ(pseudonyms.plain("us-south"), "us-south");
}

TEST_F(PseudonymsTest, HideInMessagesWhatIsNoWordOfThem) {
  for (const std::string_view text : {"denied for Miller",
                                      "denied for miller@bank.example",
                                      "denied on kms7.internal.example",
                                      "denied at 10.20.30.40",
                                      "denied for 555-123-4567",
                                      "denied for account1234567",
                                      "denied for BXNSECRET1"}) {
    const std::string shown = pseudonyms.plain(text);
    EXPECT_THAT(shown, StartsWith("denied ")) << text;
    EXPECT_THAT(shown, Not(HasSubstr(std::string(text.substr(text.rfind(' ') + 1))))) << text;
  }
}

TEST_F(PseudonymsTest, HideInMessagesTheNamesThatWereHiddenBefore) {
  const std::string_view message = "There is no bucket data-backup of the project.";
  EXPECT_EQ(pseudonyms.plain(message), message);

  const std::string name = pseudonyms.hidden("data-backup");
  (void)pseudonyms.hidden("bucket");

  EXPECT_EQ(pseudonyms.plain(message), "There is no bucket " + name + " of the project.");
}

TEST_F(PseudonymsTest, KeepRolesThatAreIbms) {
  EXPECT_EQ(pseudonyms.crn("crn:v1:bluemix:public:iam::::serviceRole:Reader"),
            "crn:v1:bluemix:public:iam::::serviceRole:Reader");
  EXPECT_EQ(pseudonyms.crn("crn:v1:bluemix:public:kms::::serviceRole:KeyReader"),
            "crn:v1:bluemix:public:kms::::serviceRole:KeyReader");
  const std::string custom = pseudonyms.crn("crn:v1:ibmcloud:public:iam-access-management::a/" +
                                            std::string(kHiddenAccount) + "::customRole:OurReader");
  EXPECT_THAT(custom, StartsWith("crn:v1:ibmcloud:public:iam-access-management::a/"));
  EXPECT_THAT(custom, Not(HasSubstr("OurReader")));
}

TEST_F(PseudonymsTest, KeepWhatCountsInAnETag) {
  const std::string etag = pseudonyms.etag("3-d2308696e0e857ef052c4560234a1119");

  EXPECT_THAT(etag, MatchesRegex("3-[0-9a-f]{32}"));
  EXPECT_NE(etag, "3-d2308696e0e857ef052c4560234a1119");
  EXPECT_EQ(pseudonyms.etag("W/\"3-d2308696e0e857ef052c4560234a1119\""), "W/\"" + etag + "\"");
}

TEST_F(PseudonymsTest, KeepNumbersThatAreSmall) {
  EXPECT_EQ(pseudonyms.number("100"), "100");
  EXPECT_NE(pseudonyms.number("1234567"), "1234567");
  EXPECT_EQ(pseudonyms.number("1234567").size(), 7U);
}

TEST_F(PseudonymsTest, KeepTheNamesOfIamsInterface) {
  for (const char* name : {"ims_user_id",
                           "serviceInstance",
                           "resourceGroupId",
                           "snapshotConsistencyGroupId",
                           "backupPolicyId",
                           "cfgType",
                           "keyRing",
                           "service_group_id",
                           "last_permit_frequency",
                           "X-Request-Id",
                           "delegated_refresh_token"}) {
    EXPECT_EQ(pseudonyms.name(name), name);
  }
  EXPECT_EQ(pseudonyms.plain("application/x-www-form-urlencoded"),
            "application/x-www-form-urlencoded");
  EXPECT_NE(pseudonyms.name("x12345"), "x12345");
}

TEST_F(PseudonymsTest, HideHostsThatAreNotEverybodys) {
  EXPECT_EQ(pseudonyms.url("https://private.us-south.iam.cloud.ibm.com/v2/roles"),
            "https://private.us-south.iam.cloud.ibm.com/v2/roles");
  EXPECT_THAT(pseudonyms.url("https://iam.bank.example:8443/v2/roles"),
              MatchesRegex("https://[a-z]{3}\\.[a-z]{4}\\.[a-z]{7}:8443/v2/roles"));
}

TEST(TextUnits, TellAddressesFromTimes) {
  EXPECT_TRUE(is_address("10.0.0.1"));
  EXPECT_TRUE(is_address("2001:db8::1"));
  EXPECT_TRUE(is_address("fe80:0:0:0:1:2:3:4"));
  EXPECT_FALSE(is_address("12:34:56"));
  EXPECT_FALSE(is_address("1.2.3"));
  EXPECT_FALSE(is_address("1.2.3.4.5"));
}

TEST(QueryText, IsTakenApartAndPutTogether) {
  const QueryPairs pairs{{"a", "x y"}, {"b", ""}, {"c", "ü&="}};

  EXPECT_EQ(parse_query(to_query(pairs)), pairs);
  EXPECT_EQ(parse_query("a=x%20y&b&c=%zz"), (QueryPairs{{"a", "x y"}, {"b", ""}, {"c", "%zz"}}));
}

}  // namespace
}  // namespace authzd
