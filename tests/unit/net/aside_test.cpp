// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A call that blocks for ever blocks nothing else, and is not begun a second time.
#include "daemon/net/aside.hpp"

#include "daemon/net/deadline.hpp"
#include "tests/support/run_async.hpp"

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>
#include <unistd.h>

namespace authzd::test {
namespace {

using namespace std::chrono_literals;

class AsideTest : public testing::Test {
 protected:
  AsideTest() {
    if (::pipe(ends_.data()) != 0) throw std::runtime_error("no pipe");
  }
  ~AsideTest() override {
    for (const int end : ends_) ::close(end);
  }

  /// A call that hangs in the system, like a read of a stuck file system, until release().
  Result<int> hang(Aside& aside) {
    std::function<Result<int>()> call = [pipe = ends_[0]]() -> Result<int> {
      char byte = 0;
      return static_cast<int>(::read(pipe, &byte, 1));
    };
    return run(io_, aside.run(std::move(call), "reading"));
  }

  static Async<int> answer(Aside& aside) {
    std::function<Result<int>()> call = []() -> Result<int> { return 42; };
    return aside.run(std::move(call), "answering");
  }

  void release() const { ASSERT_EQ(::write(ends_[1], "x", 1), 1); }

  /// Waits until the thread that hung has ended.
  int answered_at_last(Aside& aside) {
    while (true) {
      if (const auto answered = run(io_, answer(aside))) return *answered;
    }
  }

  boost::asio::io_context io_{1};
  std::array<int, 2> ends_{-1, -1};
};

TEST_F(AsideTest, GivesWhatTheCallGives) {
  Aside aside(io_.get_executor(), 60s);
  const auto answered = run(io_, answer(aside));
  ASSERT_TRUE(answered) << to_string(answered.error());
  EXPECT_EQ(*answered, 42);
}

TEST_F(AsideTest, LeavesTheLoopToOthersWhileACallHangs) {
  Aside aside(io_.get_executor(), 60s);
  const auto let_go = [this] { release(); };
  boost::asio::post(io_, let_go);

  const auto read = hang(aside);

  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(*read, 1);
}

TEST_F(AsideTest, GivesUpACallInTimeAndBeginsNoOtherUntilItHasEnded) {
  Aside aside(io_.get_executor(), 10ms);

  const auto hung = hang(aside);
  const auto refused = run(io_, answer(aside));

  ASSERT_FALSE(hung);
  EXPECT_EQ(hung.error().code, ErrorCode::timeout);
  EXPECT_EQ(hung.error().message, "reading: no end within 10ms");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::timeout);
  EXPECT_EQ(refused.error().message,
            "answering: an earlier try has not ended yet, so that no other is begun");
  release();
  EXPECT_EQ(answered_at_last(aside), 42);
}

TEST_F(AsideTest, IsLeftByWhoIsCancelledWhichIsNoSignOfSilence) {
  Aside aside(io_.get_executor(), 60s);
  std::function<Result<int>()> call = [pipe = ends_[0]]() -> Result<int> {
    char byte = 0;
    return static_cast<int>(::read(pipe, &byte, 1));
  };
  auto hanging = aside.run(std::move(call), "reading");

  const auto left = run(io_, with_deadline(std::move(hanging), 10ms, "waiting"));
  const auto answered = run(io_, answer(aside));

  EXPECT_FALSE(left);
  EXPECT_TRUE(answered);
  release();
}

TEST_F(AsideTest, PassesOnWhatACallThrows) {
  Aside aside(io_.get_executor(), 60s);
  std::function<Result<int>()> call = []() -> Result<int> { throw std::runtime_error("a bug"); };
  auto throwing = aside.run(std::move(call), "throwing");

  EXPECT_THROW((void)run(io_, std::move(throwing)), std::runtime_error);
}

}  // namespace
}  // namespace authzd::test
