// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What waits for a time must have been wanted all that time: while no cycle looked, and while the
// newest revision is refused, that is unknown.

#include "tests/integration/cycle/cycle_fixture.hpp"

namespace authzd::test {
namespace {

using namespace std::chrono_literals;

class GraceUnseen : public CycleTest {
 protected:
  void SetUp() override {
    spec.rails.removal_grace = {};
    spec.rails.limits.max_delete_percent = 100;
    pause = 1min;
    write_file("storage.yaml", storage());
    write_file("other.yaml", manifest_of("other", "is", {"cloud-object-storage"}));
    good_cycle();
    remove_file("storage.yaml");
    good_cycle();
  }

  static std::string storage() { return manifest_of("storage", "server-protect", {"kms"}); }

  void write_more() { write_file("more.yaml", manifest_of("more", "is", {"event-notifications"})); }

  /// The process does not run for so long.
  void stay_away(std::chrono::minutes time) {
    end_process();
    clock.advance(time);
  }

  [[nodiscard]] std::size_t to_kms() {
    std::size_t found = 0;
    for (const Json& policy : ours()) found += target_of(policy) == "kms";
    return found;
  }
};

TEST_F(GraceUnseen, StartsAgainIfTheRevisionChangedMeanwhile) {
  stay_away(2h);
  write_more();

  good_cycle();

  EXPECT_EQ(to_kms(), 1U) << "the grant may have come and gone again meanwhile";
  clock.advance(50min);
  good_cycle();
  EXPECT_EQ(to_kms(), 1U);
  clock.advance(10min);
  good_cycle();
  EXPECT_EQ(to_kms(), 0U);
}

TEST_F(GraceUnseen, StartsAgainThoughTheFirstCycleCouldNotReadIam) {
  stay_away(2h);
  write_more();
  inject({.method = "GET", .path = "/v2/policies", .times = 0, .status = 503});
  cycle();
  service.clear_faults();

  good_cycle();

  EXPECT_EQ(to_kms(), 1U);
}

TEST_F(GraceUnseen, GoesOnWithTheSameRevision) {
  stay_away(2h);

  good_cycle();

  EXPECT_EQ(to_kms(), 0U);
}

TEST_F(GraceUnseen, GoesOnThroughAShortRestart) {
  clock.advance(50min);
  good_cycle();
  stay_away(10min);
  write_more();

  good_cycle();

  EXPECT_EQ(to_kms(), 0U);
}

TEST_F(GraceUnseen, WaitsWhileTheNewestRevisionIsRefused) {
  write_file("storage.yaml", storage());
  write_file("typo.yaml", "apiVersion: authzd/v1\nkind: Authorizaton\n");
  clock.advance(60min);

  const CycleEnd refused = cycle();

  ASSERT_TRUE(refused.refusal);
  EXPECT_EQ(to_kms(), 1U) << "the refused revision grants it again";
  ASSERT_EQ(status().holds.size(), 1U);
  EXPECT_NE(status().holds.front().message.find("the newest revision is refused"),
            std::string::npos)
      << status().holds.front().message;

  remove_file("storage.yaml");
  remove_file("typo.yaml");
  good_cycle();
  EXPECT_EQ(to_kms(), 0U);
}

TEST_F(GraceUnseen, WaitsWhileTheManifestsCannotBeRead) {
  const auto moved = directory.string() + ".moved";
  std::filesystem::rename(directory, moved);
  clock.advance(60min);

  cycle();
  std::filesystem::rename(moved, directory);

  EXPECT_EQ(to_kms(), 1U);
  good_cycle();
  EXPECT_EQ(to_kms(), 0U);
}

class EndUnseen : public GraceUnseen {
 protected:
  void announce() {
    spec.rails.limits.max_delete = 0;
    restart();
    write_file("storage.yaml", storage() + "  expiresAt: " + to_rfc3339(clock.now() + 25h) + "\n");
    good_cycle();
  }
};

TEST_F(EndUnseen, IsNotAnnouncedIfTheRevisionChangedMeanwhile) {
  announce();
  stay_away(26h);
  write_more();

  good_cycle();

  EXPECT_EQ(to_kms(), 1U);
  EXPECT_TRUE(status().held.is_true);
}

TEST_F(EndUnseen, IsAnnouncedWithTheSameRevision) {
  announce();
  stay_away(26h);

  good_cycle();

  EXPECT_EQ(to_kms(), 0U);
}

}  // namespace
}  // namespace authzd::test
