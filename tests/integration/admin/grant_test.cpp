// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Access for some hours without a commit: asked for at the socket, kept by cycles, ended by time.

#include "tests/integration/admin/desk_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace authzd::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string kGlass =
    "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: rescue}\nspec:\n"
    "  source: {service: server-protect}\n  target: {service: hs-crypto}\n  roles: [Reader]\n";

class GrantDesk : public DeskTest {
 protected:
  void SetUp() override {
    spec.break_glass = 4h;
    write_manifest("storage", {"kms"});
    start();
    apply();
    ASSERT_EQ(ours(), 1U);
  }

  int grant(TestConsole& shown, const std::string& time = "2h", std::string text = kGlass) {
    return call(
        {"grant", "--manifest", std::move(text), "--for", time, "--reason", "INC-17", "--yes"},
        shown);
  }

  /// As the timer does it.
  CycleEnd run_one() {
    const StopToken nobody_stops;
    CycleEnd end = during(run_cycle(*account, randomness.hex(8), nobody_stops));
    clock.advance(5min);
    return end;
  }

  void apply() {
    TestConsole own;
    ASSERT_EQ(call({"apply", "--yes"}, own), 0) << own.complained();
  }

  std::vector<sandbox::Json> active() {
    sandbox.allow_admin(true);
    const auto reply = sandbox.handle({"GET", "/sandbox/v1/policies"}, clock.now());
    std::vector<sandbox::Json> found;
    const auto body = sandbox::Json::parse(reply.response.body);
    for (const auto& each : body.at("policies")) {
      if (each.at("state") == "active") found.push_back(each);
    }
    return found;
  }

  std::size_t policies_of(const std::string& service) {
    std::size_t found = 0;
    for (const auto& each : active()) found += each.dump().find(service) != std::string::npos;
    return found;
  }

  /// As by a person in the console, of the policy on hs-crypto.
  void take_marker_off() {
    for (const auto& each : active()) {
      if (each.dump().find("hs-crypto") == std::string::npos) continue;
      const sandbox::Json change{{"description", "mine"}};
      const auto id = each.at("id").get<std::string>();
      ASSERT_TRUE(sandbox.edit(id, change.dump(), clock.now()));
    }
  }

  std::string only_grant() {
    const auto all = state().break_glass.all();
    return all && all->size() == 1 ? all->front().glass.name : "";
  }

  std::string listed() {
    TestConsole own;
    EXPECT_EQ(call({"grants"}, own), 0) << own.complained();
    return own.shown();
  }

  TestConsole console;
};

TEST_F(GrantDesk, AsksThenGrantsAndEndsItByItself) {
  console.answers = {"yes"};

  EXPECT_EQ(call({"grant", "--manifest", kGlass, "--for", "2h", "--reason", "INC-17"}, console), 0)
      << console.complained();

  EXPECT_THAT(console.questions, ElementsAre(HasSubstr("Grant exactly this")));
  EXPECT_THAT(console.shown(),
              AllOf(HasSubstr("+ server-protect → hs-crypto : Reader"), HasSubstr("for: INC-17")));
  EXPECT_FALSE(run_one().error);
  EXPECT_EQ(ours(), 2U);
  clock.advance(1h);
  run_one();
  EXPECT_EQ(ours(), 2U) << "it has not ended yet";
  clock.advance(1h);
  run_one();
  EXPECT_EQ(ours(), 1U) << "without a person, though it is the first delete of this state";
  run_one();
  EXPECT_THAT(listed(), AllOf(HasSubstr("break-glass-"), HasSubstr("expired at")));
}

TEST_F(GrantDesk, GrantsNothingAfterANo) {
  console.answers = {"no"};

  EXPECT_EQ(call({"grant", "--manifest", kGlass, "--for", "2h", "--reason", "INC-17"}, console), 1);

  run_one();
  EXPECT_EQ(ours(), 1U);
}

TEST_F(GrantDesk, ShowsItInStatusAndPlanUnderItsOwnName) {
  ASSERT_EQ(grant(console), 0) << console.complained();
  TestConsole plan;
  EXPECT_EQ(call({"plan"}, plan), 0) << plan.complained();
  EXPECT_THAT(plan.shown(), AllOf(HasSubstr("break-glass-"), HasSubstr("INC-17")));
  run_one();

  TestConsole status;
  EXPECT_EQ(call({"status"}, status), 0);

  EXPECT_THAT(status.shown(), AllOf(HasSubstr(only_grant()), HasSubstr("INC-17")));
  EXPECT_THAT(listed(), HasSubstr("active"));
}

TEST_F(GrantDesk, IsOffUnlessConfigured) {
  spec.break_glass.reset();
  end_server();
  start();
  apply();

  EXPECT_EQ(grant(console), 1);

  EXPECT_THAT(console.complained(), HasSubstr("breakGlass.maxLifetime"));
}

TEST_F(GrantDesk, IsNoLongerThanConfigured) {
  EXPECT_NE(grant(console, "4h1m"), 0);

  EXPECT_THAT(console.complained(), HasSubstr("longer than breakGlass.maxLifetime allows, 4h"));
  EXPECT_EQ(only_grant(), "");
}

TEST_F(GrantDesk, PassesNoRail) {
  std::string elsewhere = kGlass;
  elsewhere.replace(elsewhere.find("server-protect"),
                    14,
                    "server-protect, account: fedcba9876543210fedcba9876543210");

  EXPECT_NE(grant(console, "2h", elsewhere), 0);

  EXPECT_THAT(console.complained(), HasSubstr("no break-glass grant passes a rail"));
  EXPECT_EQ(only_grant(), "");
}

TEST_F(GrantDesk, TouchesNothingThatRailsNeverNames) {
  spec.rails.never = {{{"serviceName", "hs-crypto"}}};
  end_server();
  start();
  apply();

  EXPECT_NE(grant(console), 0);

  EXPECT_EQ(only_grant(), "");
}

TEST_F(GrantDesk, IsRefusedWhereAManifestOrAPolicyHasTheSame) {
  std::string same = kGlass;
  same.replace(same.find("hs-crypto"), 9, "kms");

  EXPECT_NE(grant(console, "2h", same), 0);

  EXPECT_THAT(console.complained(), HasSubstr("the manifests have this source and target"));
  EXPECT_EQ(only_grant(), "");
}

TEST_F(GrantDesk, DoesNotFollowAnotherThatMayPermitTheSame) {
  ASSERT_EQ(grant(console), 0) << console.complained();
  run_one();
  std::string wider = kGlass;
  wider.replace(wider.find("roles: [Reader]"), 15, "roles: [Manager]");
  TestConsole again;

  EXPECT_NE(grant(again, "2h", wider), 0);

  EXPECT_THAT(again.complained(), HasSubstr("may permit some of the same"));
}

TEST_F(GrantDesk, IsRefusedInAModeThatCannotEndIt) {
  spec.mode = Mode::upsert_only;
  end_server();
  start();

  EXPECT_NE(grant(console), 0);

  EXPECT_THAT(console.complained(), HasSubstr("cannot delete what was granted"));
}

TEST_F(GrantDesk, IsRevokedAtOnce) {
  ASSERT_EQ(grant(console), 0) << console.complained();
  run_one();
  ASSERT_EQ(ours(), 2U);
  TestConsole revoked;

  EXPECT_EQ(call({"grants", "--revoke", only_grant()}, revoked), 0) << revoked.complained();
  run_one();

  EXPECT_EQ(ours(), 1U);
}

TEST_F(GrantDesk, DoesNotComeBackByAnUndo) {
  ASSERT_EQ(grant(console), 0) << console.complained();
  run_one();
  clock.advance(2h);
  run_one();
  ASSERT_EQ(ours(), 1U);
  TestConsole undo;

  EXPECT_NE(call({"undo", state().runs.last(1)->front().start.id, "--yes"}, undo), 0);

  EXPECT_EQ(ours(), 1U);
  EXPECT_THAT(undo.shown() + undo.complained(), HasSubstr("which must end"));
}

TEST_F(GrantDesk, IsNotReleased) {
  ASSERT_EQ(grant(console), 0) << console.complained();
  run_one();
  TestConsole release;

  EXPECT_NE(call({"release", only_grant(), "--yes"}, release), 0);

  EXPECT_EQ(ours(), 2U) << "the marker is still there";
}

TEST_F(GrantDesk, EndsThoughSomeoneTookItsMarkerOff) {
  ASSERT_EQ(grant(console), 0) << console.complained();
  run_one();
  clock.advance(2h);
  take_marker_off();

  run_one();
  run_one();

  EXPECT_EQ(policies_of("hs-crypto"), 0U);
}

TEST_F(GrantDesk, StaysAsTheManifestsWantItOnceTheyWantIt) {
  ASSERT_EQ(grant(console), 0) << console.complained();
  run_one();
  write_manifest("rescue", {"hs-crypto"});
  run_one();
  clock.advance(10h);

  run_one();
  run_one();

  EXPECT_EQ(ours(), 2U);
  EXPECT_THAT(listed(), HasSubstr("superseded"));
}

TEST_F(GrantDesk, LosesWhatAManifestThatTakesOverDoesNotWant) {
  const std::string wide =
      "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: rescue}\nspec:\n"
      "  source: {service: is}\n  target: {service: cloud-object-storage}\n"
      "  roles: [Reader, Writer]\n";
  ASSERT_EQ(grant(console, "2h", wide), 0) << console.complained();
  run_one();
  write_manifest("rescue", {"cloud-object-storage"}, "is");

  run_one();

  EXPECT_TRUE(account->status().holds.empty()) << "it is no first removal that waits";
  TestConsole exported;
  EXPECT_EQ(call({"export"}, exported), 0);
  EXPECT_THAT(exported.shown(), Not(HasSubstr("Writer")));
}

TEST_F(GrantDesk, IsADeleteLikeAnyOtherOnceTheManifestsHadIt) {
  ASSERT_EQ(grant(console), 0) << console.complained();
  run_one();
  write_manifest("rescue", {"hs-crypto"});
  run_one();
  std::filesystem::remove(directory / "manifests" / "rescue.yaml");
  clock.advance(10h);

  run_one();

  EXPECT_EQ(ours(), 2U) << "the first delete is held";
  EXPECT_EQ(account->status().holds.size(), 1U);
}

TEST_F(GrantDesk, WorksAndEndsWhileTheManifestsCannotBeRead) {
  std::filesystem::rename(directory / "manifests", directory / "away");

  ASSERT_EQ(grant(console), 0) << console.complained();
  EXPECT_TRUE(run_one().refusal);
  EXPECT_EQ(ours(), 2U);
  clock.advance(2h);
  EXPECT_TRUE(run_one().refusal);

  EXPECT_EQ(ours(), 1U);
  std::filesystem::rename(directory / "away", directory / "manifests");
}

TEST_F(GrantDesk, KeepsItsEndWhileTheClockIsInDoubt) {
  ASSERT_EQ(grant(console), 0) << console.complained();
  run_one();
  clock.advance(3h);
  sandbox.set_clock_offset(-6min);
  run_one();
  EXPECT_EQ(ours(), 2U);
  TestConsole other;
  std::string kms = kGlass;
  kms.replace(kms.find("server-protect"), 14, "is");
  EXPECT_NE(grant(other, "1h", kms), 0) << "its end could not be kept";

  sandbox.set_clock_offset(0ms);
  run_one();

  EXPECT_EQ(ours(), 1U);
}

TEST_F(GrantDesk, AsksForAReasonAndATime) {
  EXPECT_EQ(call({"grant", "--manifest", kGlass, "--for", "2h", "--yes"}, console), 64);
  EXPECT_EQ(call({"grant", "--manifest", kGlass, "--reason", "x", "--yes"}, console), 64);
  EXPECT_EQ(call({"grant", "rescue.yaml", "--for", "2h", "--reason", "x", "--yes"}, console), 64)
      << "a daemon opens no file that a client names";
}

TEST_F(GrantDesk, TakesNoManifestThatSaysMoreThanAGrant) {
  for (const std::string more :
       {"  protect: true\n", "  expiresAt: 2099-01-01T00:00:00Z\n", "  suspend: true\n"}) {
    TestConsole refused;
    EXPECT_NE(grant(refused, "2h", kGlass + more), 0) << more;
    EXPECT_THAT(refused.complained(), HasSubstr("its end is --for")) << more;
  }
  TestConsole broken;
  EXPECT_NE(grant(broken, "2h", "kind: [\n"), 0);
  EXPECT_THAT(broken.complained(), HasSubstr("the manifest cannot be used"));
}

}  // namespace
}  // namespace authzd::test
