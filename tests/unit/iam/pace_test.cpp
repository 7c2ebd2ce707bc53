// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/pace.hpp"

#include "daemon/iam/session.hpp"
#include "tests/unit/iam/scripted_iam.hpp"

#include <boost/asio/co_spawn.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace authzd {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using test::Account;
using test::json_reply;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class PaceTest : public testing::Test {
 protected:
  std::shared_ptr<Pace> pace_of(double per_second, std::shared_ptr<Pace> total = nullptr) {
    return std::make_shared<Pace>(clock, per_second, std::move(total), minutes(2));
  }

  boost::asio::awaitable<void> enter(std::shared_ptr<Pace> pace) {
    const auto entered = co_await pace->enter();
    EXPECT_TRUE(entered) << to_string(entered.error());
    went.push_back(clock.now() - begun);
  }

  void ask(const std::shared_ptr<Pace>& pace, int times) {
    const auto on_end = [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    };
    for (int i = 0; i < times; ++i) boost::asio::co_spawn(io, enter(pace), on_end);
  }

  void run() {
    io.restart();
    io.run();
  }

  boost::asio::io_context io;
  test::VirtualClock clock;
  Timestamp begun = clock.now();
  std::vector<milliseconds> went;
};

TEST_F(PaceTest, LetsHalfASecondsWorthGoAtOnceAndTheRestAtTheRate) {
  ask(pace_of(50), 35);
  run();

  ASSERT_THAT(went, SizeIs(35));
  EXPECT_EQ(went[24], milliseconds(0));
  EXPECT_EQ(went[25], milliseconds(20));
  EXPECT_EQ(went[34], milliseconds(200));
}

TEST_F(PaceTest, HalvesTheRateForThoseWhoWaitAlready) {
  const auto pace = pace_of(50);
  ask(pace, 25);
  run();
  ask(pace, 10);
  pace->throttle(clock.ticks(), std::nullopt);
  EXPECT_EQ(pace->rate(), 25);
  run();

  EXPECT_GE(went.back(), milliseconds(380));
  EXPECT_LE(went.back(), milliseconds(400));
}

TEST_F(PaceTest, HalvesTheRateOnceForABurstAndNotBelowOneASecond) {
  const auto pace = pace_of(50);
  const auto asked = clock.ticks();
  clock.advance(milliseconds(100));
  EXPECT_EQ(pace->throttle(asked, std::nullopt), 25);
  clock.advance(milliseconds(5));
  EXPECT_EQ(pace->throttle(asked, std::nullopt), std::nullopt);

  for (int i = 0; i < 20; ++i) {
    clock.advance(milliseconds(1));
    pace->throttle(clock.ticks(), std::nullopt);
  }
  EXPECT_EQ(pace->rate(), 1);
}

TEST_F(PaceTest, RisesAgainEvenlyFromTheEndOfThePause) {
  const auto pace = pace_of(50);
  pace->throttle(clock.ticks(), seconds(30));

  clock.advance(seconds(30));
  EXPECT_EQ(pace->rate(), 25);
  clock.advance(seconds(30));
  EXPECT_NEAR(pace->rate(), 37.5, 0.01);
  clock.advance(minutes(10));
  EXPECT_EQ(pace->rate(), 50);
}

TEST_F(PaceTest, HoldsThoseWhoWaitForTheirTurnWhenAPauseBegins) {
  const auto pace = pace_of(1);
  ask(pace, 2);  // the second one waits for a second
  const auto pause_later = [&]() -> boost::asio::awaitable<void> {
    co_await clock.sleep(milliseconds(500));
    pace->pause(seconds(20));
  };
  boost::asio::co_spawn(io, pause_later(), [](const std::exception_ptr&) {});
  run();

  EXPECT_EQ(went.front(), milliseconds(0));

  EXPECT_GE(went.back(), seconds(20));
}

TEST_F(PaceTest, GoesAtTheRateOfAllTogether) {
  const auto total = pace_of(10);
  for (int i = 0; i < 5; ++i) ask(pace_of(50, total), 5);
  run();

  EXPECT_THAT(went, SizeIs(25));
  EXPECT_EQ(went.back(), seconds(2));
}

TEST_F(PaceTest, TellsOfAPauseThatIsTooLong) {
  const auto pace = pace_of(50);
  pace->pause(minutes(10));

  const auto entered = test::run(io, pace->enter());

  ASSERT_FALSE(entered);
  EXPECT_EQ(entered.error().code, ErrorCode::rate_limited);
  EXPECT_EQ(entered.error().detail.retry_after, minutes(10));
}

TEST_F(PaceTest, KeepsWhatAllShareOverAReload) {
  SharedPace shared(clock);
  const auto total = shared.total(200);
  const auto tokens = shared.tokens("https://iam.example");

  EXPECT_EQ(shared.total(200), total);
  EXPECT_EQ(shared.tokens("https://iam.example"), tokens);
  EXPECT_NE(shared.tokens("https://other.example"), tokens);
  EXPECT_NE(shared.total(100), total);
  EXPECT_NE(shared.tokens("https://iam.example"), tokens);
}

TEST(SessionPace, IsHalvedByA429AndSaysSo) {
  std::string said;
  const auto keep = [&said](std::string_view line) { said += std::string(line) + "\n"; };
  const auto now = [] { return Timestamp{}; };
  Account account({}, Log::to_sink(keep, now, true, LogLevel::info));
  account.http.replies = {json_reply(429, "", {{"Retry-After", "3"}})};

  ASSERT_TRUE(account.run(account.session->call({"GET", "/v2/policies/p"})));

  EXPECT_GE(account.session->pace()->rate(), 25);
  EXPECT_LE(account.session->pace()->rate(), 26);
  EXPECT_THAT(said, HasSubstr("\"perSecond\":\"25\""));
}

/// Sessions of several accounts that share a pace for tokens.
class FleetTest : public testing::Test {
 protected:
  std::shared_ptr<Session> open() {
    const IamSeams seams{.http = http,
                         .clock = clock,
                         .randomness = randomness,
                         .total = shared.total(200),
                         .tokens = shared.tokens("https://iam.example")};
    return make_session(
        {.account = AccountId("a1")}, seams, ApiKey{{}, Secret(std::string(test::kKey))});
  }

  boost::asio::awaitable<void> call(std::shared_ptr<Session> session) {
    ApiCall call{"GET", "/v2/policies/p"};
    const auto reply = co_await session->call(std::move(call));
    replies += reply ? 1 : 0;
  }

  void start(const std::shared_ptr<Session>& session) {
    const auto on_end = [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    };
    boost::asio::co_spawn(io, call(session), on_end);
  }

  void run() {
    io.restart();
    io.run();
  }

  boost::asio::io_context io;
  test::VirtualClock clock;
  test::SeededRandomness randomness{7};
  test::ScriptedHttp http{clock};
  SharedPace shared{clock};
  int replies = 0;
};

TEST_F(FleetTest, AsksForNoTokenWhileAnotherAccountWasToldToWait) {
  http.token_replies = {json_reply(429, "", {{"Retry-After", "60"}})};
  const Timestamp begun = clock.now();
  const auto first = open();
  const auto second = open();
  start(first);
  run();
  EXPECT_EQ(replies, 1) << "it waited for as long as it was told to";
  EXPECT_GE(clock.now() - begun, seconds(60));

  http.token_replies = {json_reply(429, "", {{"Retry-After", "600"}})};
  start(open());
  run();
  start(second);
  run();

  EXPECT_EQ(replies, 1) << "600 s are more than a call waits";
  EXPECT_THAT(http.token_requests, SizeIs(3)) << "the second account asked, too";

  clock.advance(minutes(10));
  start(second);
  run();
  EXPECT_EQ(replies, 2);
}

TEST_F(FleetTest, GoesOnWithTheTokenItHasWhileTheTokenEndpointWantsAPause) {
  const auto session = open();
  start(session);
  run();
  shared.tokens("https://iam.example")->pause(minutes(10));
  const Timestamp begun = clock.now();

  start(session);
  run();

  EXPECT_EQ(replies, 2);
  EXPECT_LT(clock.now() - begun, seconds(1));
  EXPECT_EQ(session->pace()->rate(), kRequestsPerSecond);
}

TEST_F(FleetTest, SpreadsTheFirstTokensOfManyAccounts) {
  const Timestamp begun = clock.now();
  for (int i = 0; i < 200; ++i) start(open());
  run();

  EXPECT_EQ(replies, 200);
  EXPECT_THAT(http.token_requests, SizeIs(200));
  // Half a second's worth at once, the others at kTokensPerSecond.
  EXPECT_GE(clock.now() - begun, seconds(7));
}

}  // namespace
}  // namespace authzd
