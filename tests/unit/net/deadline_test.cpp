// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/deadline.hpp"

#include "daemon/net/supervisor.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gtest/gtest.h>

#include <stdexcept>

namespace authzd {
namespace {

namespace asio = boost::asio;
using std::chrono::hours;
using std::chrono::milliseconds;

Async<std::string> answer(std::string text) {
  co_return text;
}

Async<std::string> broken() {
  throw std::runtime_error("a bug");
  co_return std::string();
}

/// `ended` outlives this.
Async<std::string> wait_for_ever(bool& ended) {
  asio::steady_timer never(co_await asio::this_coro::executor,
                           asio::steady_timer::time_point::max());
  auto [ec] = co_await never.async_wait(kTuple);
  ended = ec == asio::error::operation_aborted;
  co_return std::string("too late");
}

/// Runs it to its end, and passes on exceptions.
Result<std::string> run(Async<std::string> operation) {
  asio::io_context io{1};
  Result<std::string> result = std::string();
  std::exception_ptr thrown;
  const auto on_end = [&](std::exception_ptr error, Result<std::string> value) {
    thrown = error;
    result = std::move(value);
  };
  asio::co_spawn(io, std::move(operation), on_end);
  io.run();
  if (thrown) std::rethrow_exception(thrown);
  return result;
}

TEST(Deadline, HandsOnWhatEndsInTime) {
  const auto result =
      run(with_deadline(answer("a text longer than any short string"), hours(1), "x"));

  ASSERT_TRUE(result);
  EXPECT_EQ(*result, "a text longer than any short string");
}

TEST(Deadline, EndsWhatTakesTooLongAndWaitsForItToLetGo) {
  bool ended = false;

  const auto result = run(with_deadline(wait_for_ever(ended), milliseconds(1), "waiting"));

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::timeout);
  EXPECT_EQ(result.error().message, "waiting: no end within 1ms");
  EXPECT_TRUE(ended);
}

TEST(UntilStopped, HandsOnWhatEndsByItself) {
  const std::stop_source nobody_stops;

  const auto result = run(until_stopped(nobody_stops.get_token(), answer("a text")));

  ASSERT_TRUE(result);
  EXPECT_EQ(*result, "a text");
}

TEST(UntilStopped, CancelsAndWaitsForTheOperationToLetGo) {
  bool ended = false;
  std::stop_source stop;
  const auto stopped = [&]() -> Async<std::string> {
    const auto executor = co_await asio::this_coro::executor;
    asio::post(executor, [&] { stop.request_stop(); });
    auto operation = wait_for_ever(ended);
    co_return co_await until_stopped(stop.get_token(), std::move(operation));
  };

  const auto result = run(stopped());

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::cancelled);
  EXPECT_TRUE(ended);
}

TEST(UntilStopped, BeginsNothingAfterAStop) {
  bool ended = false;
  std::stop_source stop;
  stop.request_stop();

  EXPECT_FALSE(run(until_stopped(stop.get_token(), wait_for_ever(ended))));
  EXPECT_FALSE(ended) << "it never ran";
}

TEST(UntilStopped, GivesWhatIsUnderWayItsGrace) {
  std::stop_source stop;
  const auto answers_after_the_stop = [&]() -> Async<std::string> {
    stop.request_stop();
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    co_return std::string("a text");
  };

  const auto result =
      run(until_stopped(stop.get_token(), answers_after_the_stop(), milliseconds(hours(1))));

  ASSERT_TRUE(result);
  EXPECT_EQ(*result, "a text");
}

TEST(UntilStopped, EndsWithTheGrace) {
  bool ended = false;
  std::stop_source stop;
  stop.request_stop();

  EXPECT_FALSE(run(until_stopped(stop.get_token(), wait_for_ever(ended), milliseconds(1))));
  EXPECT_TRUE(ended) << "it was begun, and cancelled";
}

/// A request that loses its reply if it is cancelled while being sent.
Async<std::string> on_its_way(std::stop_source& stop) {  // outlives this
  asio::steady_timer way(co_await asio::this_coro::executor, milliseconds(1));
  stop.request_stop();
  auto [ec] = co_await way.async_wait(kTuple);
  if (ec) co_return Error{ErrorCode::unavailable, "the reply is lost"};
  co_return std::string("the reply");
}

TEST(UnlessStopped, HandsOnTheReplyOfARequestThatIsOnItsWay) {
  std::stop_source stop;
  const auto write = [&]() -> Async<std::string> {
    auto request = on_its_way(stop);
    co_return co_await shielded(std::move(request));
  };

  const auto result = run(unless_stopped(stop.get_token(), write()));

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(*result, "the reply");
}

TEST(UnlessStopped, LeavesWhatWaitsForItsTurn) {
  std::stop_source stop;
  bool was_sent = false;
  bool ended = false;
  const auto write = [&]() -> Async<std::string> {
    asio::post(co_await asio::this_coro::executor, [&] { stop.request_stop(); });
    auto turn = wait_for_ever(ended);
    const auto mine = co_await std::move(turn);
    auto request = answer("sent");
    const auto reply = co_await shielded(std::move(request));
    was_sent = true;
    co_return reply;
  };

  const auto result = run(unless_stopped(stop.get_token(), write()));

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::cancelled);
  EXPECT_FALSE(was_sent);
}

TEST(Deadline, LetsAnExceptionThroughInsteadOfCallingItATimeout) {
  EXPECT_THROW((void)run(with_deadline(broken(), milliseconds(1), "x")), std::runtime_error);
}

TEST(Deadline, PassesACancelOnAndUnwinds) {
  asio::io_context io{1};
  Supervisor supervisor(io.get_executor(), Log());
  bool ended = false;
  bool went_on = false;
  const auto task = [&]() -> asio::awaitable<void> {
    auto operation = wait_for_ever(ended);
    [[maybe_unused]] const auto result =
        co_await with_deadline(std::move(operation), hours(1), "x");
    co_await asio::post(io, asio::use_awaitable);
    went_on = true;
  };

  supervisor.start("waiter", task());
  asio::post(io, [&] { supervisor.stop(); });
  io.run();

  EXPECT_TRUE(ended);
  EXPECT_FALSE(went_on);
  EXPECT_FALSE(supervisor.failed());
  EXPECT_EQ(supervisor.running(), 0U);
}

}  // namespace
}  // namespace authzd
