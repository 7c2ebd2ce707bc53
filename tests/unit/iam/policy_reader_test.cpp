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
using std::chrono::minutes;
using test::Account;
using test::json_reply;
using test::policy_json;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

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

TEST(HttpPolicyReader, AsksOnceAnHourForAPairThatHasNoRoles) {
  Account account;
  const RoleQuery pair{"server-protect", "kmss"};
  account.http.replies = {json_reply(200, "{}"), json_reply(200, "{}")};

  ASSERT_TRUE(account.run(account.reader->roles(pair)));
  account.clock.advance(minutes(59));
  ASSERT_TRUE(account.run(account.reader->roles(pair)));
  EXPECT_THAT(account.http.requests, SizeIs(1));

  account.clock.advance(minutes(1));
  ASSERT_TRUE(account.run(account.reader->roles(pair)));
  EXPECT_THAT(account.http.requests, SizeIs(2));
}

TEST(HttpPolicyReader, LooksUpTheRolesOfAGroupOfServices) {
  Account account;
  account.http.replies = {json_reply(200, "{}")};

  ASSERT_TRUE(account.run(account.reader->roles({"project", "", "IAM"})));

  EXPECT_EQ(account.http.requests.at(0).target,
            "/v2/roles?account_id=a1&service_group_id=IAM&source_service_name=project"
            "&policy_type=authorization");
}

TEST(HttpPolicyReader, LooksUpTheTargetAloneWhereTheEndpointServesNoLookUpBySource) {
  std::vector<std::string> lines;
  const auto keep = [&lines](std::string_view line) { lines.emplace_back(line); };
  Account account({},
                  Log::to_sink(
                      keep, [] { return Timestamp{}; }, false, LogLevel::warning));
  const auto table = json_reply(200, R"({"service_roles":[{"display_name":"Reader","crn":"c"}]})");
  account.http.replies = {json_reply(404, "<html>iam-gateway</html>"), table, table, table};

  const auto first = account.run(account.reader->roles({"server-protect", "kms"}));
  const auto second = account.run(account.reader->roles({"server-protect", "hs-crypto"}));
  account.clock.advance(hours(24));
  ASSERT_TRUE(account.run(account.reader->roles({"is", "kms"})));

  ASSERT_TRUE(first && second);
  EXPECT_THAT(first->service, SizeIs(1));
  const auto& requests = account.http.requests;
  ASSERT_THAT(requests, SizeIs(4));
  EXPECT_THAT(requests[0].target, HasSubstr("source_service_name"));
  EXPECT_EQ(requests[1].target,
            "/v2/roles?account_id=a1&service_name=kms&policy_type=authorization");
  EXPECT_THAT(requests[2].target, Not(HasSubstr("source_service_name")));
  EXPECT_THAT(requests[3].target, HasSubstr("source_service_name"));
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_THAT(lines[0], HasSubstr("CRNs need no look-up"));
}

TEST(HttpPolicyReader, SaysToWriteCrnsWhereTheEndpointLooksNoRolesUp) {
  Account account;
  const auto page = json_reply(404, "<html>iam-gateway</html>");
  account.http.replies = {page, page};

  const auto table = account.run(account.reader->roles({"server-protect", "kms"}));

  ASSERT_FALSE(table);
  EXPECT_THAT(table.error().message, HasSubstr("write the roles as CRNs"));
  EXPECT_THAT(table.error().message, HasSubstr("server-protect"));
}

}  // namespace
}  // namespace authzd
