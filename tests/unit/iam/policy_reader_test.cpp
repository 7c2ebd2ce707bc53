// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/iam/scripted_iam.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace authzd {
namespace {

using std::chrono::hours;
using test::Account;
using test::json_reply;
using test::policy_json;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

HttpResponse page_reply(std::string_view id, std::string_view next = "") {
  std::string body = R"({"policies":[)" + policy_json(id) + "]";
  if (!next.empty()) body += R"(,"next":{"start":")" + std::string(next) + R"("})";
  return json_reply(200, body + "}", {{"Date", "Tue, 15 Nov 1994 08:12:31 GMT"}});
}

TEST(HttpPolicyReader, ListsEveryPage) {
  IamOptions options;
  options.page_size = 1;
  options.base_path = "/base";
  Account account(options);
  account.http.replies = {page_reply("p1", "a b"), page_reply("p2")};

  const auto listing = account.run(account.reader->list());

  ASSERT_TRUE(listing) << listing.error().message;
  EXPECT_THAT(listing->policies, SizeIs(2));
  EXPECT_TRUE(listing->has_last_permit);
  EXPECT_EQ(listing->server_date, parse_rfc3339("1994-11-15T08:12:31Z"));
  const std::string first =
      "/base/v2/policies?account_id=a1&type=authorization&format=include_last_permit&limit=1";
  EXPECT_EQ(account.http.requests[0].target, first);
  EXPECT_EQ(account.http.requests[1].target, first + "&start=a%20b");
}

TEST(HttpPolicyReader, ListsWithoutTheFormatThatIamRefusesAndRemembersIt) {
  Account account;
  account.http.replies = {json_reply(400, ""), page_reply("p1"), page_reply("p1")};

  const auto first = account.run(account.reader->list());
  const auto second = account.run(account.reader->list());

  ASSERT_TRUE(first && second);
  EXPECT_FALSE(first->has_last_permit);
  ASSERT_THAT(account.http.requests, SizeIs(3));
  EXPECT_THAT(account.http.requests[2].target, Not(HasSubstr("format")));
}

TEST(HttpPolicyReader, DoesNotBlameTheFormatForEveryRefusal) {
  Account account;
  account.http.replies = {json_reply(400, ""), json_reply(400, ""), page_reply("p1")};

  EXPECT_FALSE(account.run(account.reader->list()));
  const auto listing = account.run(account.reader->list());

  ASSERT_TRUE(listing);
  EXPECT_TRUE(listing->has_last_permit);
}

TEST(HttpPolicyReader, NeverGivesAPartOfAList) {
  const std::deque<Result<HttpResponse>> scripts[] = {
      {json_reply(200, "<html>login</html>")},
      {page_reply("p1", "2"), json_reply(200, "")},
      {page_reply("p1", "2"), page_reply("p1", "3")},
      {page_reply("p1", "2"), page_reply("p2", "2")}};
  for (const auto& script : scripts) {
    Account account;
    account.http.replies = script;

    const auto listing = account.run(account.reader->list());

    ASSERT_FALSE(listing);
    EXPECT_EQ(listing.error().code, ErrorCode::bad_response) << listing.error().message;
    EXPECT_THAT(listing.error().detail.transaction_id, SizeIs(32));
  }
}

TEST(HttpPolicyReader, ReadsAPolicyWithItsEtagAsItCame) {
  Account account;
  account.http.replies = {json_reply(200, policy_json("p"), {{"Etag", "1-d2308696"}}),
                          json_reply(200, policy_json("p"))};

  const auto with = account.run(account.reader->get(PolicyId("p")));
  const auto without = account.run(account.reader->get(PolicyId("p")));

  ASSERT_TRUE(with && without);
  EXPECT_EQ(with->etag, Etag("1-d2308696"));
  EXPECT_TRUE(without->etag.empty());
}

TEST(HttpPolicyReader, ReadsADeletedPolicyAsDeleted) {
  Account account;
  account.http.replies = {
      json_reply(200, R"({"id":"p","type":"authorization","state":"deleted"})")};

  const auto policy = account.run(account.reader->get(PolicyId("p")));

  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->policy.state, PolicyState::deleted);
}

TEST(HttpPolicyReader, DoesNotTakeOnePolicyForAnother) {
  Account account;
  account.http.replies = {json_reply(200, policy_json("q"))};

  EXPECT_FALSE(account.run(account.reader->get(PolicyId("p"))));
}

TEST(HttpPolicyReader, WarnsOnceOfAPolicyOfOthersThatItCannotRead) {
  std::vector<std::string> lines;
  const auto keep = [&lines](std::string_view line) { lines.emplace_back(line); };
  Account account({},
                  Log::to_sink(
                      keep, [] { return Timestamp{}; }, false, LogLevel::warning));
  const auto page =
      json_reply(200,
                 R"({"policies":[{"id":"odd-one","type":"authorization","state":"new"},)" +
                     policy_json("p") + "]}");
  account.http.replies = {page, page};

  for (int cycle = 0; cycle < 2; ++cycle) {
    const auto list = account.run(account.reader->list());
    ASSERT_TRUE(list) << list.error().message;
    EXPECT_THAT(list->policies, SizeIs(1));
  }

  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_THAT(lines[0], HasSubstr("odd-one"));
}

TEST(HttpPolicyReader, SaysWhoTheTokenIs) {
  Account account;

  const auto identity = account.run(account.reader->identity());

  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->iam_id, IamId("iam-ServiceId-1"));
  EXPECT_EQ(identity->account, AccountId("a1"));
}

TEST(HttpPolicyReader, LooksRolesUpOnceADay) {
  Account account;
  const RoleQuery pair{"server-protect", "kms"};
  const auto reply = json_reply(200, R"({"service_roles":[{"display_name":"Reader","crn":"c"}]})");
  account.http.replies = {reply, reply, reply};

  ASSERT_TRUE(account.run(account.reader->roles(pair)));
  account.clock.advance(hours(23));
  ASSERT_TRUE(account.run(account.reader->roles(pair)));
  EXPECT_THAT(account.http.requests, SizeIs(1));

  account.clock.advance(hours(1));
  ASSERT_TRUE(account.run(account.reader->roles(pair)));
  EXPECT_THAT(account.http.requests, SizeIs(2));

  account.reader->forget_roles(pair);
  ASSERT_TRUE(account.run(account.reader->roles(pair)));
  ASSERT_THAT(account.http.requests, SizeIs(3));
  EXPECT_EQ(account.http.requests[2].target,
            "/v2/roles?account_id=a1&service_name=kms&source_service_name=server-protect"
            "&policy_type=authorization");
}

TEST(HttpPolicyReader, LooksUpTheRolesOfAGroupOfServices) {
  Account account;
  account.http.replies = {json_reply(200, "{}")};

  ASSERT_TRUE(account.run(account.reader->roles({"project", "", "IAM"})));

  EXPECT_EQ(account.http.requests.at(0).target,
            "/v2/roles?account_id=a1&service_group_id=IAM&source_service_name=project"
            "&policy_type=authorization");
}

}  // namespace
}  // namespace authzd
