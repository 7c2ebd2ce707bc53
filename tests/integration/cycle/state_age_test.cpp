// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A state that is older than the account: an old backup was restored, or there is a second
// installation with the same owner and identity (design §6).

#include "tests/integration/cycle/cycle_fixture.hpp"

#include <algorithm>

namespace authzd::test {
namespace {

using namespace std::chrono_literals;

class OlderState : public CycleTest {
 protected:
  void SetUp() override {
    state_file = directory.string() + ".db";
    lose_state();
    approve_first_deletes();
    spec.rails.limits.max_delete_percent = 1'000;
    write_file("storage.yaml", storage());
    good_cycle();
    must_be_quiet = false;  // its state's file is not where the fixture looks for it
  }
  void TearDown() override {
    CycleTest::TearDown();
    end_process();
    database.reset();
    for (const char* suffix :
         {"", "-wal", "-shm", ".backup", ".backup.serial", ".key", ".lock", ".serial"}) {
      std::filesystem::remove(state_file.string() + suffix);
    }
  }

  void open_state() {
    auto opened = Database::open({.path = state_file});
    if (!opened) throw std::logic_error(opened.error().message);
    database = std::move(*opened);
    restart();
  }

  void back_up() {
    end_process();
    database.reset();
    std::filesystem::copy_file(state_file, backup());
    std::filesystem::copy_file(state_file.string() + ".serial", backup().string() + ".serial");
    open_state();
  }

  /// `alone`: the file beside it shows that it is older; else only IAM does.
  void put_the_backup_back(bool alone = false) {
    end_process();
    lose_state();
    database.reset();
    constexpr auto kOverwrite = std::filesystem::copy_options::overwrite_existing;
    if (!alone) {
      std::filesystem::copy_file(
          backup().string() + ".serial", state_file.string() + ".serial", kOverwrite);
    }
    std::filesystem::copy_file(backup(), state_file, kOverwrite);
    open_state();
  }

  /// The rails as the configuration has them from now on.
  void set_rails(RailRules rules) {
    rules.limits.max_delete_percent = 1'000;
    spec.rails = std::move(rules);
    restart();
  }

  void write_other() {
    write_file("other.yaml", manifest_of("other", "is", {"cloud-object-storage"}));
  }

  /// A person lets the deletes of this state begin again.
  void cycle_until_approved() {
    cycle();
    ASSERT_EQ(status().stalled.reason, "StateOlderThanAccount");
    approve_first_deletes();
    cycle();
  }

  [[nodiscard]] std::size_t roles_to_kms() {
    const auto policies = ours();
    const auto found = std::ranges::find(policies, "kms", target_of);
    return found == policies.end() ? 0 : found->at("control").at("grant").at("roles").size();
  }

  static std::string storage() { return manifest_of("storage", "server-protect", {"kms"}); }

  [[nodiscard]] std::filesystem::path backup() const { return state_file.string() + ".backup"; }

  /// Our own change, unknown to the restored state.
  void live_on_and_go_back() {
    back_up();
    write_file("files.yaml", manifest_of("files", "is", {"kms"}));
    good_cycle();
    remove_file("files.yaml");
    put_the_backup_back();
  }
};

TEST_F(OlderState, DeletesNothingUntilItIsApprovedOnce) {
  live_on_and_go_back();

  cycle();

  EXPECT_EQ(ours().size(), 2U);
  EXPECT_EQ(status().ready.reason, "StateOlderThanAccount");
  EXPECT_NE(logged().find("the state is older than the account"), std::string::npos);
  cycle();
  EXPECT_EQ(ours().size(), 2U);
  EXPECT_TRUE(status().held.is_true);

  approve_first_deletes();
  good_cycle();
  EXPECT_EQ(ours().size(), 1U);
  EXPECT_EQ(status().ready.reason, "InSync");
}

TEST_F(OlderState, IsGotOverOnceAsManyPeopleAsItTakesHaveApproved) {
  spec.approvers.need = 2;
  live_on_and_go_back();
  cycle();
  ASSERT_EQ(status().ready.reason, "StateOlderThanAccount");

  ASSERT_TRUE(state().approvals.approve_first_deletes({"ada", clock.now(), std::nullopt, 1001}));
  cycle();
  EXPECT_NE(status().held.message.find("is older than the account"), std::string::npos)
      << status().held.message;
  EXPECT_EQ(ours().size(), 2U);

  ASSERT_TRUE(state().approvals.approve_first_deletes({"bob", clock.now(), std::nullopt, 1002}));
  good_cycle();
  EXPECT_EQ(status().ready.reason, "InSync");
  EXPECT_EQ(ours().size(), 1U);
}

TEST_F(OlderState, IsNotGotOverByTheWordOfAnAuthor) {
  spec.approvers = {.not_the_author = true, .addresses = {{1001, {"ada@example.com"}}}};
  live_on_and_go_back();
  cycle();
  ASSERT_TRUE(state().revisions.forget_authors());
  ASSERT_TRUE(state().revisions.add_authors({{"ada@example.com"}, {}, true}));

  ASSERT_TRUE(state().approvals.approve_first_deletes({"ada", clock.now(), std::nullopt, 1001}));
  cycle();

  EXPECT_NE(status().held.message.find("is older than the account"), std::string::npos)
      << status().held.message;
  EXPECT_EQ(ours().size(), 2U);
}

TEST_F(OlderState, NarrowsNothingUntilItIsApprovedOnce) {
  const std::string target = "cloud-object-storage";
  const auto roles = [&] {
    const auto policies = ours();
    const auto found = std::ranges::find(policies, target, target_of);
    return found == policies.end() ? 0 : found->at("control").at("grant").at("roles").size();
  };
  write_file("images.yaml", manifest_of("images", "is", {target}, "Reader, Writer"));
  good_cycle();
  live_on_and_go_back();
  write_file("images.yaml", manifest_of("images", "is", {target}));

  cycle();
  EXPECT_EQ(roles(), 2U);
  EXPECT_NE(status().held.message.find("is older than the account"), std::string::npos);

  approve_first_deletes();
  good_cycle();
  EXPECT_EQ(roles(), 1U);
}

TEST_F(OlderState, UsesNoApprovalAndNoPin) {
  const Grantor by{"ada", clock.now(), clock.now() + std::chrono::hours(24)};
  ASSERT_TRUE(state().approvals.approve_hold("hash", "maxDelete", {"pass"}, by));
  ASSERT_TRUE(state().pins.add({{Key::from_text("key"), "digest", "run", clock.now()}}));
  live_on_and_go_back();

  cycle();

  EXPECT_TRUE(state().approvals.passes(clock.now())->empty());
  EXPECT_TRUE(state().pins.list()->empty());
}

// The state from before the protection says that no revision has protected the policy for a day.
TEST_F(OlderState, StartsTheTimeOfAProtectionAgain) {
  clock.advance(25h);
  back_up();
  write_file("storage.yaml", storage() + "  protect: true\n");
  good_cycle();
  put_the_backup_back();
  clock.advance(25h);
  remove_file("storage.yaml");
  write_other();

  cycle_until_approved();

  EXPECT_EQ(roles_to_kms(), 1U) << "a protected policy was deleted";
  clock.advance(25h);
  good_cycle();
  EXPECT_EQ(roles_to_kms(), 0U);
}

TEST_F(OlderState, EndsNoProtectionThatOnlyIamShows) {
  clock.advance(25h);
  back_up();
  write_file("storage.yaml", storage() + "  protect: true\n");
  good_cycle();
  edit(only_id(), {{"description", "Mine. " + description_of(ours().front())}});
  clock.advance(25h);
  put_the_backup_back();
  remove_file("storage.yaml");
  write_other();

  good_cycle();

  EXPECT_EQ(roles_to_kms(), 1U) << "no revision that this state has seen took the protection off";
  EXPECT_EQ(status().ready.reason, "Protected");
  clock.advance(25h);
  good_cycle();
  EXPECT_EQ(roles_to_kms(), 0U);
}

TEST_F(OlderState, StartsTheTimeOfAnEndAgain) {
  set_rails({.limits = {.max_delete = 0}});
  write_file("storage.yaml", storage() + "  expiresAt: " + to_rfc3339(clock.now() + 30h) + "\n");
  good_cycle();
  live_on_and_go_back();
  clock.advance(31h);

  cycle_until_approved();

  EXPECT_EQ(ours().size(), 2U) << "nothing shows that the end stood all the time";
}

TEST_F(OlderState, StartsTheGraceOfARemovalAgain) {
  set_rails({});
  remove_file("storage.yaml");
  write_other();
  good_cycle();
  back_up();
  write_file("storage.yaml", storage());
  write_file("files.yaml", manifest_of("files", "is", {"hs-crypto"}));
  good_cycle();
  clock.advance(2h);
  put_the_backup_back();
  remove_file("storage.yaml");

  cycle_until_approved();

  EXPECT_EQ(roles_to_kms(), 1U) << "nobody could see that it ends";
  clock.advance(1h);
  good_cycle();
  EXPECT_EQ(roles_to_kms(), 0U);
}

// What a later revision of ours granted is no addition of somebody else.
TEST_F(OlderState, TakesNothingThatItDoesNotKnowForAnAdditionOfOthers) {
  set_rails({});
  back_up();
  write_file("storage.yaml", storage() + "  delegate: true\n");
  good_cycle();
  put_the_backup_back();
  write_file("storage.yaml", storage());

  cycle_until_approved();

  EXPECT_EQ(roles_to_kms(), 2U) << "removed as a repair, which waits for nothing";
  EXPECT_TRUE(status().held.is_true);
}

TEST_F(OlderState, IsNoticedThoughOthersChangedWhatWasMadeSince) {
  back_up();
  write_file("files.yaml", manifest_of("files", "is", {"hs-crypto"}));
  good_cycle();
  for (const Json& policy : ours()) {
    if (target_of(policy) == "hs-crypto") {
      edit(policy.at("id"), {{"description", "Mine. " + description_of(policy)}});
    }
  }
  put_the_backup_back();
  remove_file("files.yaml");

  cycle();

  EXPECT_EQ(ours().size(), 2U);
  EXPECT_EQ(status().ready.reason, "StateOlderThanAccount");
}

TEST_F(OlderState, IsNoticedThoughTheIdentityWasRotatedSince) {
  back_up();
  write_file("files.yaml", manifest_of("files", "is", {"hs-crypto"}));
  good_cycle();
  key = "demo-user-key";
  put_the_backup_back();
  remove_file("storage.yaml");
  write_other();

  cycle();

  EXPECT_EQ(roles_to_kms(), 1U);
  EXPECT_EQ(status().ready.reason, "StateOlderThanAccount");
}

class DatedAhead : public OlderState {
 protected:
  /// A write that IAM dates two days ahead, with a clock that is right again at once.
  void SetUp() override {
    OlderState::SetUp();
    service.set_clock_offset(48h);
    write_file("images.yaml", manifest_of("images", "is", {"cloud-object-storage"}));
    cycle();
    service.set_clock_offset(0h);
    good_cycle();
    ASSERT_EQ(ours().size(), 2U);
  }
};

TEST_F(DatedAhead, HidesNoOlderState) {
  live_on_and_go_back();

  cycle();

  EXPECT_EQ(ours().size(), 3U);
  EXPECT_EQ(status().ready.reason, "StateOlderThanAccount");
}

TEST_F(DatedAhead, IsExplainedWhenThatTimeComes) {
  clock.advance(49h);
  good_cycle();
  EXPECT_EQ(status().ready.reason, "InSync");
  back_up();
  write_file("files.yaml", manifest_of("files", "is", {"kms"}));
  good_cycle();
  remove_file("files.yaml");
  put_the_backup_back();

  cycle();

  EXPECT_EQ(status().ready.reason, "StateOlderThanAccount");
}

class OlderCopy : public OlderState {};

// The grace had begun, and the grant came back.
TEST_F(OlderCopy, IsNoticedThoughNothingWasWrittenSince) {
  set_rails({});
  remove_file("storage.yaml");
  write_other();
  good_cycle();
  back_up();
  write_file("storage.yaml", storage());
  good_cycle();
  clock.advance(2h);
  put_the_backup_back(true);
  remove_file("storage.yaml");

  cycle_until_approved();

  EXPECT_EQ(roles_to_kms(), 1U) << "nobody could see that it ends";
  EXPECT_NE(logged().find("it was restored from an older copy"), std::string::npos);
  clock.advance(1h);
  good_cycle();
  EXPECT_EQ(roles_to_kms(), 0U);
}

TEST_F(OlderCopy, DoesNotKnowAnApprovalThatWasTakenBack) {
  const Grantor by{"ada", clock.now(), clock.now() + 24h};
  ASSERT_TRUE(state().approvals.approve_hold("hash", "maxDelete", {"pass"}, by));
  back_up();
  ASSERT_TRUE(state().approvals.revoke(ApprovalKind::hold, "hash"));

  put_the_backup_back(true);

  EXPECT_TRUE(state().approvals.passes(clock.now())->empty());
}

TEST_F(OlderCopy, IsNotWhatARestartMeans) {
  write_other();
  good_cycle();
  back_up();
  good_cycle();
  end_process();
  database.reset();
  open_state();

  good_cycle();

  EXPECT_FALSE(database->is_older_copy());
  EXPECT_EQ(status().ready.reason, "InSync");
}

TEST_F(OlderState, IsNotWhatOwnWritesAndARestartMean) {
  write_file("files.yaml", manifest_of("files", "is", {"kms"}));
  good_cycle();
  remove_file("files.yaml");
  back_up();

  good_cycle();
  good_cycle();

  EXPECT_EQ(ours().size(), 1U);
  EXPECT_EQ(status().ready.reason, "InSync");
}

TEST_F(OlderState, IsNotWhatAPersonsChangeMeans) {
  edit(only_id(), {{"description", "Mine."}});

  good_cycle();

  EXPECT_EQ(status().ready.reason, "InSync");
}

}  // namespace
}  // namespace authzd::test
