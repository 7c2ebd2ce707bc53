// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Ends by the clock, and a clock that is not trusted (design §6).

#include "tests/integration/cycle/cycle_fixture.hpp"

namespace authzd::test {
namespace {

using namespace std::chrono_literals;

class Expiry : public CycleTest {
 protected:
  void SetUp() override {
    end_ = clock.now() + 1h;
    write_file("storage.yaml",
               manifest_of("storage", "server-protect", {"kms"}) +
                   "  expiresAt: " + to_rfc3339(end_) + "\n");
    good_cycle();
    ASSERT_EQ(ours().size(), 1U);
  }

  void pass_the_end() { clock.advance(end_ - clock.now() + 1min); }

  Timestamp end_;
};

TEST_F(Expiry, TakesTheGrantAwayWhenItsTimeHasCome) {
  pass_the_end();

  good_cycle();

  EXPECT_TRUE(ours().empty());
}

TEST_F(Expiry, GoesOnWhileTheSourceIsDown) {
  std::filesystem::rename(directory, directory.string() + ".away");
  pass_the_end();

  const CycleEnd end = cycle();

  EXPECT_TRUE(end.refusal);
  EXPECT_TRUE(ours().empty());
  std::filesystem::rename(directory.string() + ".away", directory);
}

TEST_F(Expiry, GoesOnAfterARestartWhileTheSourceIsDown) {
  std::filesystem::rename(directory, directory.string() + ".away");
  pass_the_end();
  restart();

  const CycleEnd end = cycle();

  EXPECT_TRUE(end.refusal);
  EXPECT_TRUE(ours().empty());
  std::filesystem::rename(directory.string() + ".away", directory);
}

class WrongClock : public Expiry, public ::testing::WithParamInterface<std::chrono::minutes> {};

TEST_P(WrongClock, ActsOnNoExpiry) {
  pass_the_end();
  service.set_clock_offset(-GetParam());

  const CycleEnd end = cycle();

  EXPECT_FALSE(end.error);
  EXPECT_EQ(ours().size(), 1U);
  EXPECT_EQ(status().ready.reason, "ClockSkew");
  EXPECT_EQ(std::chrono::round<std::chrono::minutes>(status().clock_skew), GetParam());
  EXPECT_NE(logged().find("clock"), std::string::npos);
  service.set_clock_offset(0ms);
  good_cycle();
  EXPECT_TRUE(ours().empty());
}

INSTANTIATE_TEST_SUITE_P(By,
                         WrongClock,
                         ::testing::Values(6min, -6min, 90min),
                         [](const auto& test) {
                           return (test.param < 0min ? "Behind" : "Ahead") +
                                  std::to_string(std::abs(test.param.count()));
                         });

TEST_F(Expiry, IsActedOnWithAClockThatIsOffByLess) {
  pass_the_end();
  service.set_clock_offset(-4min);
  good_cycle();
  EXPECT_EQ(ours().size(), 1U) << "by IAM's clock, which decides, it has not ended yet";
  clock.advance(4min);

  good_cycle();

  EXPECT_TRUE(ours().empty());
  EXPECT_TRUE(status().ready.is_true);
  service.set_clock_offset(0ms);
}

}  // namespace
}  // namespace authzd::test
