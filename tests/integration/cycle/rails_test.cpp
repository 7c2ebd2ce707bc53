// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Ways around the rails that need several commits.

#include "daemon/cycle/undo.hpp"
#include "tests/integration/cycle/cycle_fixture.hpp"

#include <algorithm>

namespace authzd::test {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> kTargets{"kms", "hs-crypto"};

class RailsOfCommits : public CycleTest {
 protected:
  void SetUp() override {
    spec.rails.limits.max_delete = 1;
    spec.rails.limits.max_delete_percent = 100;
    pause = 1min;
  }

  /// Four grants in two manifests, which end at that time.
  void commit_end(const std::string& end) {
    for (const std::string source : {"server-protect", "cloud-object-storage"}) {
      write_file(source + ".yaml", manifest_of(source, source, kTargets) + end);
    }
  }

  [[nodiscard]] std::string ends_in(std::chrono::minutes time) const {
    return "  expiresAt: " + to_rfc3339(clock.now() + time) + "\n";
  }
};

TEST_F(RailsOfCommits, HoldEndsThatOneCommitSetsAMomentAhead) {
  commit_end("");
  good_cycle();
  ASSERT_EQ(ours().size(), 4U);
  commit_end(ends_in(2min));

  const CycleEnd announced = good_cycle();
  EXPECT_EQ(count(announced.performed->planned.plan).ends, 4U);
  EXPECT_FALSE(is_quiet(announced.performed->planned.plan));
  clock.advance(5min);
  good_cycle();

  EXPECT_EQ(ours().size(), 4U) << "an end that nobody could see passed maxDelete";
  EXPECT_EQ(status().holds.front().rail, "maxDelete");
}

TEST_F(RailsOfCommits, LetAnEndPassThatStoodForAWindow) {
  commit_end(ends_in(25h));
  good_cycle();
  clock.advance(26h);

  good_cycle();

  EXPECT_TRUE(ours().empty());
}

TEST_F(RailsOfCommits, HoldAnEndThatWasTakenOffAndSetAgain) {
  const std::string end = ends_in(25h);
  commit_end(end);
  good_cycle();
  clock.advance(12h);
  commit_end("");
  good_cycle();
  commit_end(end);
  good_cycle();
  clock.advance(14h);

  good_cycle();

  EXPECT_EQ(ours().size(), 4U);
  EXPECT_TRUE(status().held.is_true);
}

TEST_F(RailsOfCommits, CountADeleteOfATimeThatNobodyTrusted) {
  commit_end("");
  good_cycle();
  spec.rail_window = 1h;
  restart();
  clock.advance(2h);
  service.set_clock_offset(-2h);  // for example, a proxy that caches IAM's replies
  write_file("server-protect.yaml", manifest_of("server-protect", "server-protect", {"kms"}));
  good_cycle();
  ASSERT_EQ(ours().size(), 3U);
  service.set_clock_offset(0ms);
  write_file("cloud-object-storage.yaml",
             manifest_of("cloud-object-storage", "cloud-object-storage", {"kms"}));

  good_cycle();

  EXPECT_EQ(ours().size(), 3U) << "the first delete is a moment old, and not two hours";
  ASSERT_FALSE(status().holds.empty());
  EXPECT_EQ(status().holds.front().rail, "maxDelete");
}

/// One target and all targets: the wider grant covers the narrow one.
class Covered : public CycleTest {
 protected:
  void SetUp() override {
    spec.rails.limits.max_delete_percent = 100;
    write_file("narrow.yaml", narrow());
    good_cycle();
    use(only_id());
  }

  static std::string narrow() {
    std::string text = manifest_of("narrow", "server-protect", {"kms"});
    const std::string target = "service: kms";
    return text.replace(text.find(target),
                        target.size(),
                        "service: kms\n      instance: 51042d7f-f0df-4915-bd39-6a49957c9175");
  }

  void use(const std::string& id) { edit(id, {{"used", to_rfc3339(clock.now())}}); }

  void cover() { write_file("wide.yaml", manifest_of("wide", "server-protect", {"kms"})); }
};

TEST_F(Covered, DeleteOfWhatIsUsedIsHeldWhereItsCoverCameWithTheLastCommit) {
  cover();
  good_cycle();
  remove_file("narrow.yaml");
  good_cycle();
  EXPECT_EQ(ours().size(), 2U);
  ASSERT_EQ(status().holds.size(), 1U);
  EXPECT_EQ(status().holds.front().rail, "holdUsedWithin");
}

TEST_F(Covered, DeleteLeavesItsUseToTheCover) {
  cover();
  good_cycle();
  clock.advance(31 * 24h);
  for (const Json& policy : ours()) {
    if (description_of(policy).find("narrow") != std::string::npos) use(policy.at("id"));
  }
  remove_file("narrow.yaml");
  good_cycle();
  ASSERT_EQ(ours().size(), 1U) << status().held.message;
  remove_file("wide.yaml");
  write_file("other.yaml", manifest_of("other", "is", {"cloud-object-storage"}));

  good_cycle();

  EXPECT_EQ(ours().size(), 2U) << "what used the narrow grant lost the wide one, too";
  ASSERT_EQ(status().holds.size(), 1U);
  EXPECT_EQ(status().holds.front().rail, "holdUsedWithin");
}

TEST_F(Covered, UseIsRememberedWhereSomeoneDeletedThePolicy) {
  good_cycle();  // notes the use
  edit(only_id(), {{"state", "deleted"}});
  clock.advance(10min);
  good_cycle();
  ASSERT_EQ(ours().size(), 1U);
  remove_file("narrow.yaml");
  write_file("other.yaml", manifest_of("other", "is", {"cloud-object-storage"}));

  good_cycle();

  EXPECT_EQ(ours().size(), 2U);
  EXPECT_EQ(status().held.is_true, true);
}

// IAM forgets the use with the delete, so that a restored policy looks unused.
TEST_F(Covered, UseIsRememberedOfAPolicyThatSomeoneDeletedAndRestored) {
  good_cycle();  // notes the use
  const std::string id = only_id();
  edit(id, {{"state", "deleted"}});
  edit(id, {{"state", "active"}});
  remove_file("narrow.yaml");
  write_file("other.yaml", manifest_of("other", "is", {"cloud-object-storage"}));

  good_cycle();

  EXPECT_EQ(ours().size(), 2U);
  ASSERT_EQ(status().holds.size(), 1U);
  EXPECT_EQ(status().holds.front().rail, "holdUsedWithin");
}

TEST_F(Covered, UseThatIsSeenDuringASuspensionIsRememberedToo) {
  ASSERT_TRUE(state().suspensions.suspend({spec.id, "ada", clock.now()}));
  cycle();  // notes the use
  edit(only_id(), {{"state", "deleted"}});
  ASSERT_TRUE(state().suspensions.resume(spec.id));
  clock.advance(10min);
  good_cycle();
  ASSERT_EQ(ours().size(), 1U);
  remove_file("narrow.yaml");
  write_file("other.yaml", manifest_of("other", "is", {"cloud-object-storage"}));

  good_cycle();

  EXPECT_EQ(ours().size(), 2U);
  EXPECT_TRUE(status().held.is_true);
}

TEST_F(Covered, NothingGoesWhileIamDoesNotTellTheUseThatItToldBefore) {
  write_file("other.yaml", manifest_of("other", "is", {"cloud-object-storage"}));
  good_cycle();  // notes a use
  set("include-last-permit", "refused");
  remove_file("other.yaml");

  good_cycle();
  EXPECT_EQ(ours().size(), 2U) << "it may have been used since the last list";
  ASSERT_EQ(status().holds.size(), 1U);
  EXPECT_EQ(status().holds.front().rail, "holdUsedWithin");

  set("include-last-permit", "accepted");
  clock.advance(15min);
  good_cycle();
  EXPECT_EQ(ours().size(), 1U);
}

class Graced : public CycleTest {
 protected:
  void SetUp() override {
    spec.rails.removal_grace = {};
    spec.rails.limits.max_delete_percent = 100;
    write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
    good_cycle();
    remove_file("storage.yaml");
    write_file("other.yaml", manifest_of("other", "is", {"cloud-object-storage"}));
    good_cycle();
  }

  [[nodiscard]] std::size_t to_kms() {
    std::size_t found = 0;
    for (const Json& policy : ours()) found += target_of(policy) == "kms";
    return found;
  }

  void add_delegator() {
    for (const Json& policy : ours()) {
      if (target_of(policy) != "kms") continue;
      Json control = policy.at("control");
      control["grant"]["roles"].push_back({{"role_id", kDelegatorRole}});
      edit(policy.at("id"), {{"control", control}});
    }
  }

  [[nodiscard]] std::size_t roles_to_kms() {
    std::size_t found = 0;
    for (const Json& policy : ours()) {
      if (target_of(policy) == "kms") found += policy.at("control").at("grant").at("roles").size();
    }
    return found;
  }
};

TEST_F(Graced, RemovalIsShownAndThenDoneByTheTimer) {
  ASSERT_EQ(to_kms(), 1U);
  ASSERT_EQ(status().holds.size(), 1U);
  EXPECT_EQ(status().holds.front().rail, "removalGrace");
  clock.advance(50min);
  good_cycle();
  EXPECT_EQ(to_kms(), 1U) << "before its hour was over";
  restart();
  clock.advance(10min);

  good_cycle();

  EXPECT_EQ(to_kms(), 0U);
}

TEST_F(Graced, RemovalThatWasWantedNoMoreStartsAgain) {
  clock.advance(50min);
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
  good_cycle();
  EXPECT_TRUE(status().holds.empty());
  remove_file("storage.yaml");
  good_cycle();
  clock.advance(50min);
  good_cycle();
  EXPECT_EQ(to_kms(), 1U);
  clock.advance(15min);

  good_cycle();

  EXPECT_EQ(to_kms(), 0U);
}

TEST_F(Graced, RemovalThatWasWantedNoMoreDuringASuspensionStartsAgain) {
  ASSERT_TRUE(state().suspensions.suspend({spec.id, "ada", clock.now()}));
  clock.advance(50min);
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
  cycle();
  remove_file("storage.yaml");
  cycle();
  ASSERT_TRUE(state().suspensions.resume(spec.id));
  clock.advance(20min);

  good_cycle();

  EXPECT_EQ(to_kms(), 1U);
}

// No cycle came between the delete and the restoration.
TEST_F(Graced, RemovalOfWhatSomeoneRestoredAfterItWasDoneStartsAgain) {
  const auto policies = ours();
  const auto found = std::ranges::find(policies, "kms", target_of);
  ASSERT_NE(found, policies.end());
  spec.rails.limits.max_delete_percent = 1'000;
  restart();
  clock.advance(60min);
  good_cycle();
  ASSERT_EQ(to_kms(), 0U);
  edit(found->at("id"), {{"state", "active"}});

  good_cycle();

  EXPECT_EQ(to_kms(), 1U) << "nobody could see that it ends";
  clock.advance(60min);
  good_cycle();
  EXPECT_EQ(to_kms(), 0U) << status().held.message;
}

TEST_F(Graced, RemovalStartsAgainAfterAnUndo) {
  ASSERT_FALSE(state().rails.removals()->empty());

  ASSERT_TRUE(put_pins(*account, {}));

  EXPECT_TRUE(state().rails.removals()->empty()) << "no cycle may come before the pins end";
}

TEST_F(Graced, RemovalOfWhatSomeoneAddedByHandWaitsForNothing) {
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
  good_cycle();
  add_delegator();

  good_cycle();

  EXPECT_TRUE(status().holds.empty());
  EXPECT_EQ(roles_to_kms(), 1U);
}

TEST_F(Graced, RemovalOfWhatARevisionTookOverFromAHandIsNoRepair) {
  const std::string reader = manifest_of("storage", "server-protect", {"kms"});
  write_file("storage.yaml", reader);
  good_cycle();
  add_delegator();
  write_file("storage.yaml", reader + "  delegate: true\n");
  good_cycle();
  EXPECT_EQ(roles_to_kms(), 2U);
  write_file("storage.yaml", reader);

  good_cycle();

  EXPECT_EQ(roles_to_kms(), 2U) << "a revision granted it, and nobody could see that it ends";
  EXPECT_FALSE(status().holds.empty());
}

/// Someone did manually what a rail held.
TEST_F(Graced, RemovalOfWhatAHandGaveAsTheAppliedRevisionWantsIsNoRepair) {
  spec.rails.allow.delegate = false;
  restart();
  const std::string reader = manifest_of("storage", "server-protect", {"kms"});
  write_file("storage.yaml", reader + "  delegate: true\n");
  good_cycle();
  ASSERT_EQ(roles_to_kms(), 1U) << "rails.allow holds it";
  add_delegator();
  good_cycle();
  write_file("storage.yaml", reader);

  good_cycle();

  EXPECT_EQ(roles_to_kms(), 2U) << "a revision granted it, and nobody could see that it ends";
  EXPECT_FALSE(status().holds.empty());
}

TEST_F(Graced, RemovalThatWasWantedNoMoreDuringAnOutageStartsAgain) {
  inject({.method = "GET", .path = "/v2/policies", .times = 0, .status = 503});
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
  cycle();
  clock.advance(50min);
  remove_file("storage.yaml");
  service.clear_faults();
  clock.advance(20min);

  good_cycle();

  EXPECT_EQ(to_kms(), 1U) << "its time ran on though it was wanted";
}

TEST_F(Graced, RemovalGoesOnThroughAnOutageInWhichNothingChanged) {
  inject({.method = "GET", .path = "/v2/policies", .times = 0, .status = 503});
  cycle();
  clock.advance(60min);
  service.clear_faults();

  good_cycle();

  EXPECT_EQ(to_kms(), 0U);
}

/// In mode observe, while suspended, and while IAM does not answer.
class EndsOfUnapplied : public RailsOfCommits {
 protected:
  void SetUp() override {
    RailsOfCommits::SetUp();
    commit_end(end_);
    good_cycle();
  }

  /// A revision without the ends comes and goes while it cannot be applied.
  void change_and_change_back() {
    commit_end("");
    cycle();
    clock.advance(20h);
    commit_end(end_);
    cycle();
  }

  void expect_held_once_they_have_come() {
    good_cycle();
    clock.advance(6h);
    good_cycle();
    EXPECT_EQ(ours().size(), 4U) << "the newest word on these ends was younger than a window";
    EXPECT_TRUE(status().held.is_true);
  }

  const std::string end_ = ends_in(25h);
};

TEST_F(EndsOfUnapplied, AreNotAnnouncedDuringASuspension) {
  ASSERT_TRUE(state().suspensions.suspend({spec.id, "ada", clock.now()}));
  change_and_change_back();
  ASSERT_TRUE(state().suspensions.resume(spec.id));

  expect_held_once_they_have_come();
}

TEST_F(EndsOfUnapplied, AreNotAnnouncedInModeObserve) {
  spec.mode = Mode::observe;
  restart();
  change_and_change_back();
  spec.mode = Mode::sync;
  restart();

  expect_held_once_they_have_come();
}

TEST_F(EndsOfUnapplied, AreNotAnnouncedWhileIamDoesNotAnswer) {
  inject({.method = "GET", .path = "/v2/policies", .times = 0, .status = 503});
  change_and_change_back();
  service.clear_faults();

  expect_held_once_they_have_come();
}

TEST_F(RailsOfCommits, GiveBackWhatOthersDeletedWhateverMaxCreateSays) {
  commit_end("");
  good_cycle();
  spec.rails.limits.max_create = 0;
  restart();
  for (const Json& policy : ours()) {
    edit(policy.at("id"), {{"state", "deleted"}});
  }
  clock.advance(10min);

  good_cycle();

  EXPECT_EQ(ours().size(), 4U);
  EXPECT_EQ(status().last_run->drifted, 4U);
}

}  // namespace
}  // namespace authzd::test
