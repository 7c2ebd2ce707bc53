// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a loader knows between two cycles, and over a reload.
#include "tests/unit/run/desired_loader_fixture.hpp"

#include <gmock/gmock.h>

namespace authzd::test {
namespace {

class DesiredRest : public DesiredLoaderTest {};

TEST_F(DesiredRest, HasTheSameRevisionAfterARestWithoutRoom) {
  loader_.emplace(spec_, &source_, *state_, nullptr, std::make_shared<ListRoom>(0));
  const Desired loaded = next("r1", kManifest).good->desired;

  loader_->rest();

  EXPECT_THAT(loader_->names(), testing::ElementsAre("disks"));
  const Intent again = next();
  EXPECT_EQ(again.good->desired, loaded);
  EXPECT_EQ(again.good->revision, "r1");
  EXPECT_EQ(source_.reads, 1) << "it is not loaded again";
}

TEST_F(DesiredRest, AnswersWhileItRests) {
  loader_.emplace(spec_, &source_, *state_, nullptr, std::make_shared<ListRoom>(0));
  const Desired loaded = next("r1", kManifest).good->desired;
  loader_->rest();

  const auto last = run(io_, loader_->last_good(clock_.now()));
  source_.holds = false;
  const auto still_holds = run(io_, loader_->still_holds());
  const auto seen = run(io_, loader_->look(clock_.now()));

  EXPECT_EQ((*last)->desired, loaded);
  EXPECT_FALSE(*still_holds);
  EXPECT_EQ(seen->good->desired, loaded);
}

TEST_F(DesiredRest, KeepsItsGrantsAsTheyAreWhereThereIsRoom) {
  const auto room = std::make_shared<ListRoom>(1);
  loader_.emplace(spec_, &source_, *state_, nullptr, room);
  const SharedRevision before = next("r1", kManifest).good;

  loader_->rest();

  EXPECT_EQ(next().good, before);
  EXPECT_FALSE(room->take(1));
  loader_.reset();
  EXPECT_TRUE(room->take(1)) << "given back";
}

TEST_F(DesiredRest, TakesOverWhatWasLoadedUnderAnEarlierConfiguration) {
  const SharedRevision before = next("r1", kManifest).good;
  DesiredLoader reloaded(spec_, &source_, *state_);

  reloaded.inherit(*loader_);
  const auto intent = run(io_, reloaded.next(clock_.now()));

  EXPECT_EQ(intent->good, before);
  EXPECT_EQ(source_.reads, 1);
}

TEST_F(DesiredRest, LoadsAgainWhereTheConfigurationReadsOtherPaths) {
  next("r1", kManifest);
  AccountSpec other = spec_;
  other.paths = {"elsewhere"};
  DesiredLoader reloaded(other, &source_, *state_);

  reloaded.inherit(*loader_);
  const auto intent = run(io_, reloaded.next(clock_.now()));

  EXPECT_TRUE(intent->good);
  EXPECT_EQ(source_.reads, 2);
}

TEST_F(DesiredRest, TakesItsRoomOnceHoweverOftenItRests) {
  const auto room = std::make_shared<ListRoom>(2);
  loader_.emplace(spec_, &source_, *state_, nullptr, room);
  const SharedRevision before = next("r1", kManifest).good;

  for (int i = 0; i < 5; ++i) loader_->rest();

  EXPECT_TRUE(room->take(1));
  EXPECT_EQ(next().good, before) << "it was never packed";
}

TEST_F(DesiredRest, RemembersTheRefusedRevisionOverAReload) {
  next("r1", kManifest);
  ASSERT_TRUE(next("r2", "kind: Nonsense\n").refusal);
  const int reads = source_.reads;
  DesiredLoader reloaded(spec_, &source_, *state_);

  reloaded.inherit(*loader_);
  const auto intent = run(io_, reloaded.next(clock_.now()));

  ASSERT_TRUE(intent->refusal);
  EXPECT_EQ(intent->refusal->revision, "r2");
  EXPECT_EQ(source_.reads, reads) << "it is not read again";
}

/// A command that was under way at the reload stores what it loads.
TEST_F(DesiredRest, TakesNothingOverThatIsOlderThanWhatTheStateHas) {
  next("r1", kManifest);
  DesiredLoader reloaded(spec_, &source_, *state_);
  reloaded.inherit(*loader_);
  next("r2", std::string(kManifest) + "# newer\n");
  source_.newest = RefusedRevision{"r3", Error{ErrorCode::invalid_manifest, "unsigned"}};

  const auto intent = run(io_, reloaded.next(clock_.now()));

  ASSERT_TRUE(intent->good);
  EXPECT_EQ(intent->good->revision, "r2");
}

}  // namespace
}  // namespace authzd::test
