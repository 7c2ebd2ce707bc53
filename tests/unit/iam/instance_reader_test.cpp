// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Instances by name: the requests, valid replies, and the cache.
#include "daemon/iam/instance_codec.hpp"
#include "tests/unit/iam/scripted_iam.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace authzd {
namespace {

using std::chrono::minutes;
using test::Account;
using test::json_reply;
using ::testing::HasSubstr;
using ::testing::SizeIs;

const std::string kGuid = "51042d7f-f0df-4915-bd39-6a49957c9175";
const std::string kAccountId = "a1234567a1234567a1234567a1234567";

std::string crn_of(const std::string& service, const std::string& id) {
  return "crn:v1:bluemix:public:" + service + ":us-south:a/" + kAccountId + ":" + id + "::";
}

std::string resource(const std::string& name, const std::string& crn) {
  return R"({"id":")" + crn + R"(","crn":")" + crn + R"(","name":")" + name +
         R"(","region_id":"eu-de","resource_group_id":"g1","state":"active"})";
}

std::string page(const std::string& resources, const std::string& next = "null") {
  return R"({"next_url":)" + next + R"(,"resources":[)" + resources + "]}";
}

TEST(InstanceCodec, ReadsWhatTheCrnSays) {
  const auto read = decode_instances(page(resource("prod-kms", crn_of("kms", kGuid))));

  ASSERT_TRUE(read) << to_string(read.error());
  const std::vector<Instance> expected{
      {kGuid, "prod-kms", "kms", AccountId{kAccountId}, "eu-de", "g1"}};
  EXPECT_EQ(read->instances, expected);
  EXPECT_EQ(read->next, "");
}

TEST(InstanceCodec, ReadsTheIdOfACluster) {
  const std::string crn = crn_of("containers-kubernetes", "ck1abcdefghij0123456");

  const auto read = decode_instances(page(resource("prod", crn)));

  ASSERT_TRUE(read && read->instances.size() == 1);
  EXPECT_EQ(read->instances[0].id, "ck1abcdefghij0123456");
}

TEST(InstanceCodec, TakesTheCrnFromTheId) {
  const auto read =
      decode_instances(page(R"({"id":")" + crn_of("kms", kGuid) + R"(","name":"n"})"));

  ASSERT_TRUE(read && read->instances.size() == 1);
  EXPECT_EQ(read->instances[0].id, kGuid);
  EXPECT_EQ(read->instances[0].region, "us-south");
}

TEST(InstanceCodec, TakesNoIdThatIamWouldTakeForAPattern) {
  for (const std::string id : {"*",
                               "?",
                               "a*",
                               "..",
                               "-",
                               "a b",
                               "a\xE2\x80\xAE"
                               "b"}) {
    const auto read = decode_instances(page(resource("prod-kms", crn_of("kms", id))));

    ASSERT_TRUE(read && read->instances.size() == 1) << id;
    EXPECT_EQ(read->instances[0].id, "") << id;
  }
}

TEST(InstanceCodec, BelievesNoPageThatShowsFewerInstancesThanItHas) {
  const std::string one = resource("prod-kms", crn_of("kms", kGuid));

  const auto read = decode_instances(R"({"rows_count":2,"resources":[)" + one + "]}");

  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::bad_response);
}

TEST(InstanceCodec, KeepsANameWithoutACrnAsNobodys) {
  for (const std::string crn : {"",
                                "crn:",
                                "crn:v1:bluemix:public:kms",
                                "crn:v1:bluemix:public:kms:us-south:o/x:51042d7f::",
                                "crn:v1:bluemix:public:kms:us-south:a/short:51042d7f::",
                                "51042d7f"}) {
    const auto read = decode_instances(page(resource("prod-kms", crn)));

    ASSERT_TRUE(read && read->instances.size() == 1) << crn;
    EXPECT_EQ(read->instances[0].service, "") << crn;
    EXPECT_EQ(read->instances[0].id, "") << crn;
  }
}

TEST(InstanceCodec, KeepsNothingThatIsLongerThanAManifestCouldSay) {
  const std::string endless(200'000, 'x');
  const std::string crn = crn_of("kms", kGuid);
  const auto read = decode_instances(
      page(R"({"name":"n","crn":")" + crn + R"(","region_id":")" + endless +
           R"(","resource_group_id":")" + endless + R"("},{"name":")" + endless + R"(","crn":")" +
           crn + R"("},{"name":"m","crn":")" + crn_of("kms", endless) + R"("})"));

  ASSERT_TRUE(read && read->instances.size() == 2) << "the one whose name is endless is left out";
  EXPECT_EQ(read->instances[0].region, "us-south");
  EXPECT_EQ(read->instances[0].resource_group, "");
  EXPECT_EQ(read->instances[1].id, "") << "nobody's";
}

TEST(InstanceCodec, KnowsWhatIsBeingDeleted) {
  for (const std::string state : {"removed", "pending_reclamation"}) {
    const auto read = decode_instances(
        page(R"({"name":"n","crn":")" + crn_of("kms", kGuid) + R"(","state":")" + state + R"("})"));
    ASSERT_TRUE(read && read->instances.size() == 1);
    EXPECT_TRUE(read->instances[0].is_gone) << state;
  }
}

TEST(InstanceCodec, RefusesWhatIsNoListOfInstances) {
  const std::vector<std::string> bad{
      "",
      "<html>",
      "null",
      "[]",
      "{}",
      R"({"resources":{}})",
      R"({"resources":[1]})",
      R"({"resources":["a"]})",
      R"({"resources":[{"name":)",
      page("", R"("https://elsewhere.example/v2/resource_groups?start=1")"),
      page("", R"("/v2/resource_instances")"),
      page("", R"("/v2/resource_instances?start=a b")"),
      page("", R"("/v2/resource_instances?start=a\r\nX: y")"),
      page("", "7"),
      page(std::string(200'000, '[')),
  };
  for (const std::string& body : bad) {
    const auto read = decode_instances(body);
    ASSERT_FALSE(read) << body.substr(0, 80);
    EXPECT_EQ(read.error().code, ErrorCode::bad_response) << body.substr(0, 80);
  }
}

TEST(InstanceReader, ReadsEveryPageAndKeepsToItsOwnPath) {
  IamOptions options;
  options.resources_path = "/rc";
  Account account(options);
  account.http.replies = {
      json_reply(200,
                 page(resource("a b", crn_of("kms", kGuid)),
                      R"("https://elsewhere.example/v2/resource_instances?start=x&limit=1")")),
      json_reply(200, page(resource("a b", crn_of("cloud-logs", kGuid)))),
      json_reply(200, page(resource("a b c", crn_of("kms", kGuid))))};

  const auto found = account.run(account.reader->instances("a b"));

  ASSERT_TRUE(found) << to_string(found.error());
  EXPECT_THAT(*found, SizeIs(2));
  ASSERT_THAT(account.http.requests, SizeIs(2));
  EXPECT_EQ(account.http.requests[0].target, "/rc/v2/resource_instances?limit=100&name=a%20b");
  EXPECT_EQ(account.http.requests[1].target, "/rc/v2/resource_instances?start=x&limit=1");
}

TEST(InstanceReader, LeavesOutOtherNames) {
  Account account;
  account.http.replies = {json_reply(200,
                                     page(resource("prod-kms-2", crn_of("kms", kGuid)) + "," +
                                          resource("prod-kms", crn_of("kms", kGuid))))};

  const auto found = account.run(account.reader->instances("prod-kms"));

  ASSERT_TRUE(found);
  ASSERT_THAT(*found, SizeIs(1));
  EXPECT_EQ(found->front().name, "prod-kms");
}

TEST(InstanceReader, RefusesAListThatLeadsToItself) {
  Account account;
  const std::string same = page("", R"("/v2/resource_instances?start=x")");
  account.http.replies = {json_reply(200, same), json_reply(200, same), json_reply(200, same)};

  const auto found = account.run(account.reader->instances("n"));

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::bad_response);
  EXPECT_THAT(account.http.requests, SizeIs(2));
}

TEST(InstanceReader, RefusesAListWithoutEnd) {
  Account account;
  for (int i = 0; i < 600; ++i) {
    account.http.replies.push_back(
        json_reply(200, page("", R"("/v2/resource_instances?start=)" + std::to_string(i) + '"')));
  }

  const auto found = account.run(account.reader->instances("n"));

  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("has no end"));
  EXPECT_THAT(account.http.requests, SizeIs(200));
}

TEST(InstanceReader, RemembersForAWhile) {
  Account account;
  const std::string one = page(resource("n", crn_of("kms", kGuid)));
  account.http.replies = {json_reply(200, one), json_reply(200, one)};

  ASSERT_TRUE(account.run(account.reader->instances("n")));
  account.clock.advance(minutes(9));
  ASSERT_TRUE(account.run(account.reader->instances("n")));
  EXPECT_THAT(account.http.requests, SizeIs(1));
  account.clock.advance(minutes(2));
  ASSERT_TRUE(account.run(account.reader->instances("n")));
  EXPECT_THAT(account.http.requests, SizeIs(2));
}

TEST(InstanceReader, AsksSoonAgainForWhatWasNotThere) {
  Account account;
  account.http.replies = {json_reply(200, page("")), json_reply(200, page(""))};

  ASSERT_TRUE(account.run(account.reader->instances("n")));
  account.clock.advance(minutes(2));
  ASSERT_TRUE(account.run(account.reader->instances("n")));

  EXPECT_THAT(account.http.requests, SizeIs(2));
}

TEST(InstanceReader, SaysWhatIsMissingWhereItMayNotLook) {
  Account account;
  account.http.replies = {json_reply(403, R"({"message":"no access","error_code":"RC-Denied"})")};

  const auto found = account.run(account.reader->instances("n"));

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::forbidden);
  EXPECT_THAT(found.error().message, HasSubstr("Viewer on the instances"));
  EXPECT_THAT(found.error().message, HasSubstr("no access"));
}

TEST(InstanceReader, SaysWhichEndpointIsWrong) {
  Account account;
  account.http.replies = {json_reply(404, "<html>"), json_reply(200, "<html>")};

  for (int i = 0; i < 2; ++i) {
    const auto found = account.run(account.reader->instances("n"));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::bad_response);
    EXPECT_THAT(found.error().message, HasSubstr("iam.resourceControllerEndpoint"));
  }
}

TEST(InstanceReader, TriesAgainWhatFailed) {
  Account account;
  account.http.replies = {json_reply(503, ""),
                          json_reply(200, page(resource("n", crn_of("kms", kGuid))))};

  EXPECT_TRUE(account.run(account.reader->instances("n")));
}

}  // namespace
}  // namespace authzd
