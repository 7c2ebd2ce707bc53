// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Two installations with one owner and one key, and different manifests: each restores what the
// other deletes. Both detect and report it, and stop fighting.

#include "tests/integration/cycle/cycle_fixture.hpp"

#include <gmock/gmock.h>

#include <utility>

namespace authzd::test {
namespace {

using testing::HasSubstr;

class Rivals : public CycleTest {
 protected:
  /// The first wants a policy on kms besides the one that both want; its state is `database`.
  void SetUp() override {
    must_be_quiet = false;  // the other one never becomes quiet
    pause = std::chrono::minutes(5);
    spec.rails.limits.max_delete = 1'000;
    spec.rails.limits.max_delete_percent = 10'000;
    mine_ = std::exchange(database, nullptr);
    lose_state();
    approve_first_deletes();
    other_ = std::exchange(database, mine_);
  }

  CycleEnd first() {
    write_file("both.yaml", manifest_of("both", "server-protect", {"hs-crypto"}));
    write_file("more.yaml", manifest_of("more", "server-protect", {"kms"}));
    return turn_of(mine_);
  }

  CycleEnd second() {
    remove_file("more.yaml");
    write_file("both.yaml", manifest_of("both", "server-protect", {"hs-crypto"}));
    return turn_of(other_);
  }

  /// A person approves each delete that the second one holds.
  void fight(int rounds) {
    for (int round = 0; round < rounds; ++round) {
      first();
      second();
      approve_first_deletes();
      second();
    }
  }

  CycleEnd turn_of(const std::shared_ptr<Database>& state) {
    database = state;
    restart();
    return cycle();
  }

  std::shared_ptr<Database> mine_;
  std::shared_ptr<Database> other_;
};

TEST_F(Rivals, AreFoundOutOnBothSidesSaySoAndStopFighting) {
  first();
  second();
  first();
  EXPECT_TRUE(status().stalled.is_true);
  EXPECT_THAT(status().stalled.message, HasSubstr("a second installation"));
  second();
  EXPECT_TRUE(status().stalled.is_true);
  EXPECT_THAT(status().stalled.message, HasSubstr("a second installation"));
  EXPECT_TRUE(status().held.is_true);

  const std::size_t before = unsafe();
  pause = std::chrono::minutes(1);
  for (int round = 0; round < 30; ++round) {
    first();
    second();
  }
  EXPECT_EQ(unsafe(), before) << "36 writes in a minute were seen where nobody noticed";
  EXPECT_TRUE(status().stalled.is_true);
}

TEST_F(Rivals, AreStalledWhereAPersonLetsEachDeleteThrough) {
  fight(4);

  first();

  EXPECT_TRUE(status().stalled.is_true);
  ASSERT_FALSE(status().failing.empty());
  EXPECT_THAT(status().failing.at(0).message, HasSubstr("another installation has our owner"));
  EXPECT_THAT(logged(), HasSubstr("another installation with our owner and key undoes it"));
}

TEST_F(Rivals, AreForgottenADayAfterTheOtherOneHasStopped) {
  fight(4);
  clock.advance(std::chrono::hours(25));

  first();
  first();

  EXPECT_FALSE(status().stalled.is_true) << status().stalled.message;
  EXPECT_EQ(ours().size(), 2U);
}

}  // namespace
}  // namespace authzd::test
