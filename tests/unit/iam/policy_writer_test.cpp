// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/iam/scripted_iam.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using test::Account;
using test::json_reply;
using test::policy_json;
using ::testing::SizeIs;

TEST(HttpPolicyWriter, CreatesAndReturnsWhatIamStored) {
  Account account;
  account.http.replies = {
      json_reply(201, policy_json("p"), {{"ETag", "1-a"}, {"Transaction-Id", "theirs"}})};

  const auto written = account.run(account.writer->create({}));

  ASSERT_TRUE(written);
  EXPECT_EQ(written->stored.policy.id, PolicyId("p"));
  EXPECT_EQ(written->stored.etag, Etag("1-a"));
  EXPECT_EQ(written->transaction_id, "theirs");
  EXPECT_EQ(account.http.requests[0].method, "POST");
}

TEST(HttpPolicyWriter, SaysThatAWriteHappenedWhoseReplyCannotBeRead) {
  for (const char* body : {"", "<html>", "{}"}) {
    Account account;
    account.http.replies = {json_reply(201, body)};

    const auto written = account.run(account.writer->create({}));

    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::bad_response);
    EXPECT_TRUE(written.error().detail.may_have_happened);
  }
}

TEST(HttpPolicyWriter, ReplacesUnderTheEtagItWasGiven) {
  Account account;

  ASSERT_TRUE(account.run(account.writer->replace(PolicyId("p"), {}, Etag("2-b"))));

  EXPECT_EQ(account.http.requests[0].method, "PUT");
  EXPECT_EQ(account.http.requests[0].target, "/v2/policies/p");
  EXPECT_EQ(find_header(account.http.requests[0].headers, "If-Match"), "2-b");
}

TEST(HttpPolicyWriter, NeverSendsAWriteWithoutItsEtag) {
  Account account;

  EXPECT_FALSE(account.run(account.writer->replace(PolicyId("p"), {}, Etag())));
  EXPECT_FALSE(account.run(account.writer->restore(PolicyId("p"), Etag())));
  EXPECT_THAT(account.http.requests, SizeIs(0));
}

TEST(HttpPolicyWriter, DeletesWithoutAskingForABody) {
  Account account;
  account.http.replies = {json_reply(204, "", {{"Transaction-Id", "theirs"}})};

  const auto removed = account.run(account.writer->remove(PolicyId("p/q")));

  EXPECT_EQ(removed.value_or("?"), "theirs");
  EXPECT_EQ(account.http.requests[0].target, "/v2/policies/p%2Fq");
  EXPECT_EQ(find_header(account.http.requests[0].headers, "Accept"), "");
}

TEST(HttpPolicyWriter, RestoresByV1) {
  Account account;
  account.http.replies = {json_reply(200, policy_json("p"), {{"ETag", "4-d"}})};

  const auto written = account.run(account.writer->restore(PolicyId("p"), Etag("3-c")));

  ASSERT_TRUE(written);
  EXPECT_EQ(written->stored.etag, Etag("4-d"));
  EXPECT_EQ(account.http.requests[0].method, "PATCH");
  EXPECT_EQ(account.http.requests[0].target, "/v1/policies/p");
  EXPECT_EQ(account.http.requests[0].body, R"({"state":"active"})");
}

TEST(HttpPolicyWriter, ReadsARestoredPolicyByV2WhereV1CannotShowIt) {
  Account account;
  const char* placeholder =
      R"({"id":"p","type":"authorization",)"
      R"("roles":[{"role_id":"crn:v1:bluemix:public:iam::::role:UnsupportedVersion"}]})";
  account.http.replies = {json_reply(200, placeholder),
                          json_reply(200, policy_json("p"), {{"ETag", "4-d"}})};

  const auto written = account.run(account.writer->restore(PolicyId("p"), Etag("3-c")));

  ASSERT_TRUE(written);
  EXPECT_EQ(written->stored.etag, Etag("4-d"));
  EXPECT_EQ(account.http.requests[1].target, "/v2/policies/p");
}

}  // namespace
}  // namespace authzd
