// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/service/coalesced.hpp"

#include "daemon/net/supervisor.hpp"
#include "tests/support/run_async.hpp"
#include "tests/support/virtual_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace authzd::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class CoalescedTest : public testing::Test {
 protected:
  /// Requests a run at each of these times, and stops two seconds after the last.
  std::vector<std::chrono::milliseconds> done_when_asked_at(
      std::vector<std::chrono::milliseconds> times) {
    const auto begun = clock.now();
    std::vector<std::chrono::milliseconds> done;
    Coalesced coalesced(clock, 1s, [&] { done.push_back(clock.now() - begun); });
    Supervisor tasks(io.get_executor(), Log());
    tasks.start("coalesced", coalesced.run());
    const auto asking = [&]() -> boost::asio::awaitable<bool> {
      for (const auto time : times) {
        co_await clock.sleep(time - (clock.now() - begun));
        coalesced.ask();
      }
      co_await clock.sleep(2s);
      tasks.stop();
      co_return true;
    };
    run(io, asking());
    return done;
  }

  boost::asio::io_context io{1};
  VirtualClock clock;
};

TEST_F(CoalescedTest, DoesNothingUnasked) {
  EXPECT_THAT(done_when_asked_at({}), IsEmpty());
}

TEST_F(CoalescedTest, IsDoneAtOnceAndOnceMoreAfterTheLastTime) {
  EXPECT_THAT(done_when_asked_at({100ms, 200ms, 300ms, 900ms}), ElementsAre(100ms, 1'100ms));
}

TEST_F(CoalescedTest, IsDoneAtMostOnceInAGap) {
  std::vector<std::chrono::milliseconds> often;
  for (int i = 0; i < 100; ++i) often.push_back(i * 30ms);

  EXPECT_THAT(done_when_asked_at(often), ElementsAre(0ms, 1s, 2s, 3s));
}

}  // namespace
}  // namespace authzd::test
