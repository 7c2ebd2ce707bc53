// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A plan of a branch under review: what it is made of, and that nothing of it is kept.
#include "daemon/cycle/desired_loader.hpp"
#include "tests/support/run_async.hpp"
#include "tests/support/virtual_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd::test {
namespace {

std::string manifest_to(const std::string& target) {
  return "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: to-" + target +
         "}\nspec:\n  source: {service: server-protect}\n  target: {service: " + target +
         "}\n  roles: [Reader]\n";
}

/// Returns the same snapshot each time; no history of it follows any other.
class StillSource final : public Source {
 public:
  explicit StillSource(Snapshot snapshot) : snapshot_(std::move(snapshot)) {}

  Async<Fetched> fetch(std::vector<std::string>, std::string) override { co_return snapshot_; }
  Async<Lineage> lineage(std::string, std::string) override { co_return Lineage::diverges; }

 private:
  Snapshot snapshot_;
};

class OtherSourceTest : public testing::Test {
 protected:
  OtherSourceTest() {
    spec_.id = AccountId{"a1234567a1234567a1234567a1234567"};
    state_ = std::move(*state_in_memory(spec_.id));
    loader_.emplace(spec_, &own_, *state_);
    EXPECT_TRUE(run(io_, loader_->next(clock_.now()))->good);
    EXPECT_TRUE(state_->revisions.keep_applied("main-1", {}, clock_.now()));
  }

  Intent look(Snapshot snapshot) {
    StillSource other(std::move(snapshot));
    auto intent = run(io_, loader_->look_at(other, clock_.now()));
    EXPECT_TRUE(intent) << to_string(intent.error());
    return intent ? std::move(*intent) : Intent{};
  }

  boost::asio::io_context io_{1};
  VirtualClock clock_;
  AccountSpec spec_;
  std::unique_ptr<AccountState> state_;
  StillSource own_{Snapshot{"main-1", {{"a.yaml", manifest_to("kms")}}}};
  std::optional<DesiredLoader> loader_;
};

TEST_F(OtherSourceTest, IsLookedAtAsIfItWereOurs) {
  const Intent looked =
      look({"side-1", {{"a.yaml", manifest_to("kms")}, {"b.yaml", manifest_to("hs-crypto")}}});

  EXPECT_FALSE(looked.refusal) << "a branch under review need not follow what is applied";
  ASSERT_TRUE(looked.good);
  EXPECT_EQ(looked.good->revision, "side-1");
  EXPECT_EQ(looked.good->desired.grants.size(), 2U);
}

TEST_F(OtherSourceTest, LeavesNothingInTheState) {
  (void)look({"side-1", {{"a.yaml", manifest_to("hs-crypto")}}});
  (void)look({"side-2", {{"a.yaml", "kind: Nothing\n"}}});

  EXPECT_EQ((*state_->revisions.attempted())->revision, "main-1");
  EXPECT_EQ((*state_->revisions.good())->revision, "main-1");
  EXPECT_FALSE(*state_->refusals.last());
  EXPECT_EQ(run(io_, loader_->next(clock_.now()))->good->revision, "main-1");
}

TEST_F(OtherSourceTest, SaysWhatIsWrongWithIt) {
  const Intent looked = look({"side-1", {{"a.yaml", "kind: Nothing\n"}}});
  ASSERT_TRUE(looked.refusal);
  EXPECT_FALSE(looked.refusal->diagnostics.empty());
}

TEST_F(OtherSourceTest, IsNotThereWhereADirectoryHasTheManifests) {
  EXPECT_EQ(loader_->source_at("main").error().code, ErrorCode::rejected);
}

}  // namespace
}  // namespace authzd::test
