// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/iam/scripted_iam.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

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

/// As in IAM's 409, with `policy` as an object or text.
HttpResponse conflict(const std::string& policy) {
  return json_reply(409,
                    R"({"trace":"t","errors":[{"code":"policy_conflict_error","message":"exists",)"
                    R"("details":{"conflicts_with":{"etag":"7-e","policy":)" +
                        policy + "}}}]}");
}

constexpr std::string_view kOursV2 = R"json({"id":"p","type":"authorization","state":"active",
  "description":"x (authzd: a/b#0123456789ab)",
  "subject":{"attributes":[{"key":"accountId","operator":"stringEquals","value":"a1"}]},
  "resource":{"attributes":[{"key":"accountId","operator":"stringEquals","value":"a1"}]},
  "control":{"grant":{"roles":[{"role_id":"crn:r"}]}}})json";
constexpr std::string_view kOursV1 = R"json({"id":"p","type":"authorization","state":"active",
  "description":"x (authzd: a/b#0123456789ab)",
  "subjects":[{"attributes":[{"name":"accountId","value":"a1"}]}],
  "resources":[{"attributes":[{"name":"accountId","value":"a1"}]}],
  "roles":[{"role_id":"crn:r","display_name":"Reader"}]})json";

PolicyContent ours() {
  PolicyContent content;
  content.subject.add({"accountId", "stringEquals", "a1"});
  content.resource.add({"accountId", "stringEquals", "a1"});
  content.roles = {"crn:r"};
  content.description = "x (authzd: a/b#0123456789ab)";
  return content;
}

TEST(HttpPolicyWriter, TakesAConflictThatShowsJustWhatWasToBeMadeForDone) {
  const std::string forms[] = {std::string(kOursV2),
                               std::string(kOursV1),
                               nlohmann::json(std::string(kOursV2)).dump(),
                               nlohmann::json(std::string(kOursV1)).dump()};
  for (const std::string& form : forms) {
    Account account;
    account.http.replies = {conflict(form)};

    const auto written = account.run(account.writer->create(ours()));

    ASSERT_TRUE(written) << form << written.error().message;
    EXPECT_TRUE(written->was_there);
    EXPECT_EQ(written->stored.policy.id, PolicyId("p"));
    EXPECT_EQ(written->stored.etag, Etag("7-e"));
  }
}

TEST(HttpPolicyWriter, FailsOnAConflictWithAnythingElse) {
  PolicyContent others = ours();
  others.description = "x (authzd: other/b#0123456789ab)";
  PolicyContent wider = ours();
  wider.roles = {"crn:r", "crn:w"};
  for (const PolicyContent& wanted : {others, wider}) {
    Account account;
    account.http.replies = {conflict(std::string(kOursV2))};

    const auto written = account.run(account.writer->create(wanted));

    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::conflict);
    EXPECT_EQ(written.error().detail.conflicts_with, "p");
    EXPECT_EQ(written.error().detail.http_status, 409);
    EXPECT_FALSE(written.error().detail.transaction_id.empty());
  }
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

  ASSERT_TRUE(account.run(account.writer->replace(PolicyId("p"), {}, Etag("2-b"), {})));

  EXPECT_EQ(account.http.requests[0].method, "PUT");
  EXPECT_EQ(account.http.requests[0].target, "/v2/policies/p");
  EXPECT_EQ(find_header(account.http.requests[0].headers, "If-Match"), "2-b");
}

TEST(HttpPolicyWriter, NeverSendsAWriteWithoutItsEtag) {
  Account account;

  EXPECT_FALSE(account.run(account.writer->replace(PolicyId("p"), {}, Etag(), {})));
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
