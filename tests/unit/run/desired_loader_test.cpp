// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A revision that is refused is told by its name, and judged once.
#include "daemon/run/desired_loader.hpp"

#include "tests/support/run_async.hpp"
#include "tests/support/virtual_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd::test {
namespace {

using testing::HasSubstr;

const std::string kManifest =
    "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: disks}\nspec:\n"
    "  source: {service: server-protect}\n  target: {service: kms}\n  roles: [Reader]\n";

/// Gives `newest`, as a source with a history does: without its text where that is known.
class ScriptedSource final : public Source {
 public:
  Async<Fetched> fetch(std::vector<std::string>, std::string known) override {
    const auto* snapshot = std::get_if<Snapshot>(&newest);
    if (snapshot == nullptr || snapshot->revision != known) {
      reads += snapshot == nullptr ? 0 : 1;
      co_return newest;
    }
    Snapshot without_text{known, {}};
    co_return without_text;
  }

  Async<Lineage> lineage(std::string, std::string) override {
    ++questions;
    co_return how;
  }

  Fetched newest;
  Lineage how = Lineage::follows;
  int reads = 0;      // of a revision's text
  int questions = 0;  // about its history
};

class DesiredLoaderTest : public testing::Test {
 protected:
  DesiredLoaderTest() {
    spec_.id = AccountId{"a1234567a1234567a1234567a1234567"};
    state_ = std::move(*state_in_memory(spec_.id));
    loader_.emplace(spec_, &source_, *state_);
  }

  Intent next() {
    auto intent = run(io_, loader_->next(clock_.now()));
    EXPECT_TRUE(intent) << to_string(intent.error());
    return intent ? std::move(*intent) : Intent{};
  }

  Intent next(const std::string& revision, const std::string& text) {
    source_.newest = Snapshot{revision, {{"disks.yaml", text}}};
    return next();
  }

  /// `revision` is loaded, and its plan performed.
  void apply(const std::string& revision) {
    ASSERT_TRUE(next(revision, kManifest).good);
    ASSERT_TRUE(state_->revisions.keep_applied(revision, {}, {}, clock_.now()));
  }

  boost::asio::io_context io_{1};
  VirtualClock clock_;
  AccountSpec spec_;
  ScriptedSource source_;
  std::unique_ptr<AccountState> state_;
  std::optional<DesiredLoader> loader_;
};

TEST_F(DesiredLoaderTest, NamesTheRevisionThatTheSourceRefuses) {
  apply("good");
  source_.newest = RefusedRevision{"unsigned", {ErrorCode::invalid_manifest, "it is not signed"}};

  const Intent intent = next();

  ASSERT_TRUE(intent.refusal);
  EXPECT_EQ(intent.refusal->revision, "unsigned");
  EXPECT_EQ(intent.refusal->error.message, "it is not signed");
  ASSERT_TRUE(intent.good);
  EXPECT_EQ(intent.good->revision, "good");
  const auto attempted = state_->revisions.attempted();
  EXPECT_EQ(attempted.value().value().revision, "unsigned");
}

TEST_F(DesiredLoaderTest, ReadsARevisionWithFaultsOnce) {
  apply("good");
  ASSERT_TRUE(next("bad", "kind: nonsense\n").refusal);
  ASSERT_EQ(source_.reads, 2);

  const Intent again = next();

  EXPECT_EQ(source_.reads, 2);
  ASSERT_TRUE(again.refusal);
  EXPECT_EQ(again.refusal->revision, "bad");
  EXPECT_FALSE(again.refusal->diagnostics.empty());
  EXPECT_FALSE(next("mended", kManifest).refusal);
}

TEST_F(DesiredLoaderTest, GoesOnWithTheGoodRevisionThatIsTheNewestAgain) {
  apply("good");
  ASSERT_TRUE(next("bad", "kind: nonsense\n").refusal);
  EXPECT_FALSE(next("good", kManifest).refusal);
  const int reads = source_.reads;

  EXPECT_FALSE(next().refusal);

  EXPECT_EQ(source_.reads, reads);
}

TEST_F(DesiredLoaderTest, AsksOnceHowARevisionStandsToTheAppliedOne) {
  apply("applied");
  source_.how = Lineage::goes_back;
  const Intent refused = next("earlier", kManifest);
  ASSERT_TRUE(refused.refusal);
  EXPECT_THAT(refused.refusal->error.message, HasSubstr("authzd approve earlier"));
  const int reads = source_.reads;

  const Intent again = next();

  EXPECT_EQ(again.refusal->error, refused.refusal->error);
  EXPECT_EQ(source_.questions, 1);
  EXPECT_EQ(source_.reads, reads);
}

TEST_F(DesiredLoaderTest, LetsInWhatIsApprovedAfterItWasRefused) {
  apply("applied");
  source_.how = Lineage::diverges;
  ASSERT_TRUE(next("rewritten", kManifest).refusal);
  ASSERT_TRUE(state_->approvals.approve_revision("rewritten", {"ada", clock_.now()}));

  const Intent intent = next();

  EXPECT_FALSE(intent.refusal);
  ASSERT_TRUE(intent.good);
  EXPECT_EQ(intent.good->revision, "rewritten");
  EXPECT_EQ(intent.good->desired.grants.size(), 1U);
}

}  // namespace
}  // namespace authzd::test
