// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

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
using test::lost;
using test::policy_json;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

HttpResponse page_reply(std::string_view id, std::string_view next = "") {
  std::string body = R"({"policies":[)" + policy_json(id) + "]";
  if (!next.empty()) body += R"(,"next":{"start":")" + std::string(next) + R"("})";
  return json_reply(200, body + "}", {{"Date", "Tue, 15 Nov 1994 08:12:31 GMT"}});
}

TEST(PolicyLister, ListsEveryPage) {
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

TEST(PolicyLister, ListsWithoutTheFormatThatIamRefusesAndRemembersIt) {
  Account account;
  account.http.replies = {json_reply(400, ""), page_reply("p1"), page_reply("p1")};

  const auto first = account.run(account.reader->list());
  const auto second = account.run(account.reader->list());

  ASSERT_TRUE(first && second);
  EXPECT_FALSE(first->has_last_permit);
  ASSERT_THAT(account.http.requests, SizeIs(3));
  EXPECT_THAT(account.http.requests[2].target, Not(HasSubstr("format")));
}

TEST(PolicyLister, AsksAgainLaterForTheUseThatIamRefusedOnce) {
  std::vector<std::string> lines;
  const auto keep = [&lines](std::string_view line) { lines.emplace_back(line); };
  Account account({},
                  Log::to_sink(
                      keep, [] { return Timestamp{}; }, false, LogLevel::info));
  account.http.replies = {
      json_reply(400, ""), page_reply("p1"), page_reply("p1"), page_reply("p1")};

  const auto refused = account.run(account.reader->list());
  account.clock.advance(minutes(10));
  const auto later = account.run(account.reader->list());

  ASSERT_TRUE(refused && later);
  EXPECT_FALSE(refused->has_last_permit);
  EXPECT_TRUE(later->has_last_permit);
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_THAT(lines[0], HasSubstr("use is unknown"));
  EXPECT_THAT(lines[1], HasSubstr("says again"));
}

TEST(PolicyLister, TakesNothingButAWhole200ForTheList) {
  HttpResponse unbounded = page_reply("p1");
  unbounded.ended_by_close = true;
  for (const HttpResponse& reply : {json_reply(201, R"({"policies":[]})"),
                                    json_reply(203, R"({"policies":[]})"),
                                    json_reply(205, R"({"policies":[]})"),
                                    json_reply(206, R"({"policies":[]})"),
                                    unbounded}) {
    IamOptions options;
    options.retry.max_attempts = 1;
    Account account(options);
    account.http.replies = {reply};

    const auto listing = account.run(account.reader->list());

    ASSERT_FALSE(listing) << reply.status;
    EXPECT_FALSE(listing.error().detail.may_have_happened);
  }
}

TEST(PolicyLister, BlamesNoParameterWhereEachWayToAskIsRefused) {
  Account account;
  const auto no = json_reply(400, "");
  account.http.replies = {no, no, no, no, no, page_reply("p1")};

  EXPECT_FALSE(account.run(account.reader->list()));
  const auto listing = account.run(account.reader->list());

  ASSERT_TRUE(listing);
  EXPECT_TRUE(listing->has_last_permit);
  EXPECT_THAT(account.http.requests.at(5).target, HasSubstr("limit=100"));
}

TEST(PolicyLister, NeverGivesAPartOfAList) {
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

TEST(PolicyLister, WarnsOnceOfAPolicyOfOthersThatItCannotRead) {
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

std::string target_of(const Account& account, std::size_t request) {
  return account.http.requests.at(request).target;
}

TEST(PolicyLister, AsksForPagesOfAHundredUnlessToldOtherwise) {
  Account paged;
  IamOptions whole;
  whole.page_size = 0;
  Account at_once(whole);
  paged.http.replies = {page_reply("p1")};
  at_once.http.replies = {page_reply("p1")};

  ASSERT_TRUE(paged.run(paged.reader->list()));
  ASSERT_TRUE(at_once.run(at_once.reader->list()));

  EXPECT_THAT(target_of(paged, 0), EndsWith("&limit=100"));
  EXPECT_FALSE(paged.http.requests[0].may_be_silent);
  EXPECT_THAT(target_of(at_once, 0), Not(HasSubstr("limit")));
  EXPECT_TRUE(at_once.http.requests[0].may_be_silent);
  const std::chrono::milliseconds all_but_the_token(119'900);
  EXPECT_EQ(at_once.http.requests[0].longest, all_but_the_token);
}

TEST(PolicyLister, AsksForAPageThatIsLateAgainHalfAsLarge) {
  Account account;
  account.http.replies = {page_reply("p1", "2"),
                          lost(ErrorCode::timeout, true),
                          json_reply(504, ""),
                          lost(ErrorCode::timeout, true),
                          page_reply("p2"),
                          page_reply("p1")};

  const auto listing = account.run(account.reader->list());
  const auto next = account.run(account.reader->list());

  ASSERT_TRUE(listing && next);
  EXPECT_THAT(listing->policies, SizeIs(2));
  EXPECT_EQ(listing->pages, 2U);
  EXPECT_THAT(target_of(account, 1), EndsWith("&limit=100&start=2"));
  EXPECT_THAT(target_of(account, 2), EndsWith("&limit=50&start=2"));
  EXPECT_THAT(target_of(account, 3), EndsWith("&limit=25&start=2"));
  EXPECT_THAT(target_of(account, 4), EndsWith("&limit=25&start=2"));
  EXPECT_THAT(target_of(account, 5), EndsWith("&limit=25"));
}

TEST(PolicyLister, AsksForNoSmallerPagesOfWhatItCannotReach) {
  Account account;
  account.http.replies = {lost(ErrorCode::timeout, false), page_reply("p1")};

  ASSERT_TRUE(account.run(account.reader->list()));

  EXPECT_THAT(target_of(account, 1), EndsWith("&limit=100"));
}

TEST(PolicyLister, RepeatsAPageAndNotTheList) {
  Account account;
  account.http.replies = {page_reply("p1", "2"), json_reply(500, ""), page_reply("p2")};

  const auto listing = account.run(account.reader->list());

  ASSERT_TRUE(listing);
  ASSERT_THAT(account.http.requests, SizeIs(3));
  EXPECT_EQ(target_of(account, 2), target_of(account, 1));
}

TEST(PolicyLister, EndsWhenTheTimeForTheWholeListIsOver) {
  IamOptions options;
  options.list_patience = std::chrono::milliseconds(950);  // a request takes 100
  Account account(options);
  for (int i = 0; i < 20; ++i) {
    account.http.replies.emplace_back(page_reply("p" + std::to_string(i), std::to_string(i)));
  }

  const auto listing = account.run(account.reader->list());

  ASSERT_FALSE(listing);
  EXPECT_EQ(listing.error().code, ErrorCode::timeout);
  EXPECT_THAT(listing.error().message, HasSubstr("9 policies had come by then"));
  EXPECT_THAT(listing.error().message, HasSubstr("iam.timeouts.list"));
  EXPECT_EQ(account.http.requests.at(8).longest, std::chrono::milliseconds(50));
}

TEST(PolicyLister, ListsInOneReplyWhereIamRefusesPagesAndAsksAgainLater) {
  std::vector<std::string> lines;
  const auto keep = [&lines](std::string_view line) { lines.emplace_back(line); };
  Account account({},
                  Log::to_sink(
                      keep, [] { return Timestamp{}; }, false, LogLevel::info));
  const auto no = json_reply(400, "");
  const auto yes = page_reply("p1");
  account.http.replies = {no, no, no, yes, yes, yes};

  const auto first = account.run(account.reader->list());
  const auto second = account.run(account.reader->list());
  account.clock.advance(minutes(10));
  ASSERT_TRUE(account.run(account.reader->list()));

  ASSERT_TRUE(first && second);
  EXPECT_TRUE(first->has_last_permit);
  EXPECT_THAT(target_of(account, 3), EndsWith("&format=include_last_permit"));
  EXPECT_THAT(target_of(account, 4), EndsWith("&format=include_last_permit"));
  EXPECT_THAT(target_of(account, 5), EndsWith("&limit=100"));
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_THAT(lines[0], HasSubstr("iam.timeouts.list (2m)"));
  EXPECT_THAT(lines[1], HasSubstr("in pages again"));
}

TEST(PolicyLister, TakesSmallerPagesWhereIamRefusesGreaterOnes) {
  Account account;
  account.http.replies = {
      json_reply(400, ""), json_reply(400, ""), page_reply("p1"), page_reply("p1")};

  const auto first = account.run(account.reader->list());
  ASSERT_TRUE(account.run(account.reader->list()));

  ASSERT_TRUE(first);
  EXPECT_TRUE(first->has_last_permit);
  EXPECT_THAT(target_of(account, 3), EndsWith("&format=include_last_permit&limit=25"));
}

TEST(PolicyLister, BeginsAgainWhereIamNoLongerTakesTheStartOfAPage) {
  Account account;
  account.http.replies = {page_reply("gone", "after-gone"),
                          json_reply(400, ""),
                          page_reply("p1", "after-p1"),
                          page_reply("p2")};

  const auto listing = account.run(account.reader->list());

  ASSERT_TRUE(listing);
  ASSERT_THAT(listing->policies, SizeIs(2));
  EXPECT_EQ(listing->policies[0].id, PolicyId("p1"));
  EXPECT_THAT(target_of(account, 2), Not(HasSubstr("start")));
}

TEST(PolicyLister, NamesAnUnreadablePolicyOnceThoughTwoPagesShowIt) {
  Account account;
  const std::string odd = R"({"policies":[{"id":"odd","type":"authorization","state":"new"}])";
  account.http.replies = {json_reply(200, odd + R"(,"next":{"start":"2"}})"),
                          json_reply(200, odd + "}")};

  const auto listing = account.run(account.reader->list());

  ASSERT_TRUE(listing);
  EXPECT_THAT(listing->unreadable, SizeIs(1));
}

}  // namespace
}  // namespace authzd
