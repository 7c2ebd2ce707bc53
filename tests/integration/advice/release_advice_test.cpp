// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// `authzd release`, where a note or the help advises it: what is released remains, is not ours, and
// is not adopted again by itself.

#include "tests/integration/advice/advice_fixture.hpp"

namespace authzd::test {
namespace {

using sandbox::Json;
using testing::HasSubstr;

class ReleaseAdvice : public AdviceTest {
 protected:
  void SetUp() override {
    write_text("keys", manifest("keys", "kms"));
    write_text("other", manifest("other", "hs-crypto"));
    begin();
  }

  /// Our policy on kms, no longer wanted, and without its marker.
  std::string unmarked() {
    remove_manifest("keys");
    const std::string id = id_on("kms");
    edit(id, {{"description", "Mine now."}});
    return id;
  }
};

TEST_F(ReleaseAdvice, OfWhatLostItsMarkerForgetsItAndTouchesNothingElse) {
  const std::string id = unmarked();
  EXPECT_THAT(advice(cycle(), NoteReason::unmarked), HasSubstr("`authzd release " + id + "`"));

  EXPECT_THAT(command({"release", id, "--yes"}), HasSubstr("was ours is forgotten"));

  EXPECT_EQ(description_of(policy_on("kms")), "Mine now.");
  EXPECT_EQ(ours(), 1U) << "another lost its marker, too";
  const Plan plan = cycle();
  EXPECT_TRUE(plan.actions.empty());
  EXPECT_EQ(count(plan).conflicts, 0U);
}

TEST_F(ReleaseAdvice, OfAllForgetsWhatLostItsMarkerToo) {
  const std::string id = unmarked();

  command({"release", "--all", "--yes"});

  EXPECT_EQ(ours(), 0U);
  EXPECT_TRUE(state().policies.known().value()->empty());
}

class ReleaseAdviceWhileADeleteWaits : public ReleaseAdvice {
 protected:
  ReleaseAdviceWhileADeleteWaits() { spec.rails.removal_grace.wait = std::chrono::hours(1); }
};

TEST_F(ReleaseAdviceWhileADeleteWaits, OfWhatAnotherDocumentLeftKeepsThatInForce) {
  remove_manifest("keys");
  write_text("team-b", manifest("keys", "cloud-object-storage"));
  cycle();
  ASSERT_EQ(ours(), 3U);
  const std::string left = id_on("kms");
  TestConsole console;

  EXPECT_EQ(call({"release", "keys", "--yes"}, console), 5) << console.complained();

  EXPECT_THAT(console.shown(), HasSubstr("release " + left));
  EXPECT_EQ(ours(), 2U) << "what waits for its delete is not released with team B's";
  clock.advance(std::chrono::minutes(5));
  EXPECT_THAT(command({"release", left, "--yes"}), HasSubstr("no manifest wants policy " + left));
  EXPECT_EQ(ours(), 1U);
  cycle();
  clock.advance(std::chrono::hours(2));
  cycle();
  EXPECT_EQ(id_on("kms"), left) << "it stays in force";
}

class ReleaseAdviceWhereIdenticalIsAdopted : public ReleaseAdvice {
 protected:
  ReleaseAdviceWhereIdenticalIsAdopted() { spec.adopt = Adopt::identical; }
};

TEST_F(ReleaseAdviceWhereIdenticalIsAdopted, IsNotTakenBackUntilItsManifestChanges) {
  command({"release", "keys", "--yes"});
  EXPECT_THAT(advice(cycle(), NoteReason::pinned), HasSubstr("`authzd unpin keys`"));

  EXPECT_EQ(ours(), 1U) << "the next cycle has adopted it again";

  write_text("keys", manifest("keys", "kms", "  protect: true\n"));
  cycle();
  cycle();
  EXPECT_EQ(ours(), 2U) << "a changed manifest counts again";
}

TEST_F(ReleaseAdviceWhereIdenticalIsAdopted, IsTakenBackByUnpin) {
  command({"release", "keys", "--yes"});
  cycle();

  command({"unpin", "keys"});
  cycle();

  EXPECT_EQ(ours(), 2U);
}

}  // namespace
}  // namespace authzd::test
