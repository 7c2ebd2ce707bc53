// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// `authzd wait`, instead of a sleep of a guessed length.

#include "tests/integration/admin/desk_fixture.hpp"

#include <gmock/gmock.h>

namespace authzd::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class Wait : public DeskTest {
 protected:
  void SetUp() override { write_manifest("storage", {"kms", "hs-crypto"}); }

  void apply() {
    TestConsole alone;
    alone.can_ask = false;
    ASSERT_EQ(call({"apply", "--yes"}, alone), 0) << alone.complained();
  }

  /// The id of one of our policies.
  std::string any_id() {
    const auto known = state().policies.known();
    return known && !(*known)->empty() ? (*known)->begin()->first.value : std::string();
  }

  void edit(const std::string& id, const sandbox::Json& change) {
    if (!sandbox.edit(id, change.dump(), clock.now())) throw std::logic_error("a bad edit");
  }

  /// Without the shorter waits of the request pace.
  [[nodiscard]] std::ptrdiff_t pauses() const {
    return std::ranges::count_if(clock.sleeps(), [](auto pause) { return pause >= 1s; });
  }

  TestConsole console;
};

TEST_F(Wait, EndsAtOnceWhereAllIsGranted) {
  start();
  apply();
  clock.forget_sleeps();

  EXPECT_EQ(call({"wait", "storage"}, console), 0);

  EXPECT_EQ(console.shown(), "storage: granted (2 grants)\n");
  EXPECT_EQ(pauses(), 0);
}

TEST_F(Wait, SaysAfterItsTimeWhatIsMissing) {
  start();
  const Timestamp began = clock.now();

  EXPECT_EQ(call({"wait", "storage", "--timeout", "1m"}, console), 1);

  EXPECT_GE(clock.now() - began, 1min);
  EXPECT_LE(clock.now() - began, 65s);
  EXPECT_LT(pauses(), 20) << "at a sane pace";
  EXPECT_THAT(console.complained(), HasSubstr("storage: not granted after 1m"));
  EXPECT_THAT(console.complained(), HasSubstr("  missing: server-protect → kms : Reader\n"));
  EXPECT_THAT(console.complained(), HasSubstr("  missing: server-protect → hs-crypto : Reader\n"));
  EXPECT_EQ(ours(), 0U) << "it writes nothing";
}

TEST_F(Wait, SeesWhatComesMeanwhile) {
  start();
  apply();
  const std::string id = any_id();
  edit(id, {{"state", "deleted"}});
  std::size_t lists = 0;
  http->intercept = [&](const HttpRequest& request) -> std::optional<HttpResponse> {
    const bool is_list = request.method == "GET" && request.target.starts_with("/v2/policies?");
    if (is_list && ++lists == 3) edit(id, {{"state", "active"}});
    return std::nullopt;
  };

  EXPECT_EQ(call({"wait", "storage"}, console), 0) << console.complained();
  EXPECT_EQ(lists, 3U);
}

TEST_F(Wait, UntilItHasSettledTakesAsLongAsTheConfigurationSays) {
  start();
  apply();
  const Timestamp began = clock.now();
  clock.forget_sleeps();

  EXPECT_EQ(call({"wait", "storage", "--for", "settled"}, console), 0) << console.complained();

  EXPECT_THAT(console.shown(), HasSubstr("settled"));
  EXPECT_GE(clock.now() - began, spec.settle - 1s);
  EXPECT_LE(clock.now() - began, spec.settle + 10s);
  EXPECT_LE(clock.sleeps().size(), 3U) << "when it will have settled is known";
}

TEST_F(Wait, EndsWhereARailHoldsItAndSaysWhereToLook) {
  spec.rails.limits.max_create = 0;
  start();

  EXPECT_EQ(call({"wait", "storage"}, console), 3);

  EXPECT_THAT(console.complained(), HasSubstr("held by maxCreate"));
  EXPECT_THAT(console.complained(), HasSubstr("\n  authzd plan --name storage\n"));
}

TEST_F(Wait, KnowsNoNameThatNothingHas) {
  start();

  EXPECT_EQ(call({"wait", "storag"}, console), 4);

  EXPECT_THAT(console.complained(), HasSubstr("there is no authorization \"storag\""));
  EXPECT_THAT(console.complained(), HasSubstr("did you mean \"storage\"?"));
}

class Named : public Wait {};

TEST_F(Named, AppliesOneAuthorizationAndTouchesNoOther) {
  write_manifest("gone", {"kms"}, "messagehub");
  start();
  apply();
  ASSERT_EQ(ours(), 3U);
  std::filesystem::remove(directory / "manifests" / "gone.yaml");
  write_manifest("backup", {"kms"}, "is");
  write_manifest("other", {"hs-crypto"}, "is");
  const auto applied = state().revisions.applied();
  ASSERT_TRUE(applied && *applied);
  const std::string before = (*applied)->revision;

  EXPECT_EQ(call({"apply", "--yes", "--name", "backup"}, console), 0) << console.complained();

  EXPECT_THAT(console.shown(), HasSubstr("Plan: 1 to create, 0 to update, 0 to delete; 0 held"));
  EXPECT_THAT(console.shown(), Not(HasSubstr("messagehub")));
  EXPECT_THAT(console.shown(), Not(HasSubstr("In sync")));
  EXPECT_EQ(ours(), 4U);
  EXPECT_EQ((*state().revisions.applied())->revision, before) << "it was not applied as a whole";
}

TEST_F(Named, PlansWhatIsLeftOfAnAuthorizationThatIsGone) {
  write_manifest("gone", {"kms"}, "messagehub");
  start();
  apply();
  std::filesystem::remove(directory / "manifests" / "gone.yaml");

  EXPECT_EQ(call({"plan", "--name", "gone"}, console), 0);
  EXPECT_THAT(console.shown(), HasSubstr("- messagehub → kms : Reader"));
  EXPECT_EQ(call({"plan", "--name", "gones"}, console), 4);
  EXPECT_THAT(console.complained(), HasSubstr("did you mean \"gone\"?"));
}

TEST_F(Named, ListsWhatIsOursByName) {
  start();
  apply();

  EXPECT_EQ(call({"list", "--owner", "prod", "--names"}, console), 0);
  EXPECT_THAT(console.shown(), HasSubstr("OWNER  NAME     POLICY"));
  EXPECT_THAT(console.shown(), HasSubstr("prod   storage  "));
  EXPECT_THAT(console.shown(), HasSubstr("server-protect → kms : Reader\n"));
  TestConsole none;
  EXPECT_EQ(call({"list", "--owner", "another", "--names"}, none), 0);
  EXPECT_THAT(none.shown(), Not(HasSubstr("storage")));
}

/// An installation that applies only by name learns the same as one that applies everything.
class NamedAlone : public Wait {
 protected:
  void SetUp() override {
    spec.rails.removal_grace = {};
    spec.rails.limits.max_delete_percent = 100;
    write_manifest("storage", {"kms"});
  }

  /// The exit code of an apply of only `storage`.
  int apply_storage() {
    TestConsole alone;
    alone.can_ask = false;
    return call({"apply", "--yes", "--name", "storage"}, alone);
  }

  void remove_manifest() {
    std::filesystem::remove(directory / "manifests" / "storage.yaml");
    write_manifest("other", {"kms"}, "is");
  }
};

TEST_F(NamedAlone, BeginsTheGraceOfARemovalAgainThatWasWantedNoMore) {
  start();
  ASSERT_EQ(apply_storage(), 0);
  remove_manifest();
  ASSERT_EQ(apply_storage(), 3) << "held, and its time begins";
  write_manifest("storage", {"kms"});
  ASSERT_EQ(apply_storage(), 0);
  clock.advance(2h);
  remove_manifest();

  EXPECT_EQ(apply_storage(), 3);

  EXPECT_EQ(ours(), 1U) << "nobody has seen for an hour that it goes";
}

TEST_F(NamedAlone, RemembersWhatARevisionTookOverFromAHand) {
  start();
  ASSERT_EQ(apply_storage(), 0);
  sandbox::Json control;
  control["grant"]["roles"][0]["role_id"] = "crn:v1:bluemix:public:iam::::serviceRole:Reader";
  control["grant"]["roles"][1]["role_id"] =
      "crn:v1:bluemix:public:iam::::role:AuthorizationDelegator";
  edit(any_id(), {{"control", control}});
  std::ofstream(directory / "manifests" / "storage.yaml", std::ios::app) << "  delegate: true\n";
  ASSERT_EQ(apply_storage(), 0);
  write_manifest("storage", {"kms"});

  EXPECT_EQ(apply_storage(), 3) << "it is no repair: a revision granted it";
}

TEST_F(NamedAlone, LeavesAloneWhatADocumentDropsThatIsSuspended) {
  write_manifest("storage", {"kms", "hs-crypto"});
  start();
  ASSERT_EQ(apply_storage(), 0);
  ASSERT_EQ(ours(), 2U);
  spec.rails.removal_grace.wait = 0h;
  write_manifest("storage", {"kms"});
  std::ofstream(directory / "manifests" / "storage.yaml", std::ios::app) << "  suspend: true\n";

  EXPECT_EQ(apply_storage(), 0);

  EXPECT_EQ(ours(), 2U);
}

}  // namespace
}  // namespace authzd::test
