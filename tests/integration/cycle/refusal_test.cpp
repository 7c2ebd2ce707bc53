// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A revision that cannot be enforced is refused as a whole; the last good one remains in force.

#include "daemon/cycle/cycle.hpp"
#include "tests/integration/cycle/cycle_fixture.hpp"
#include "tests/support/run_async.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <functional>
#include <set>

namespace authzd::test {
namespace {

struct Spoiling {
  std::string name;
  std::function<void(const std::filesystem::path&)> spoil;
};

void PrintTo(const Spoiling& spoiling, std::ostream* out) {
  *out << spoiling.name;
}

void overwrite(const std::filesystem::path& directory, const std::string& text) {
  std::filesystem::remove_all(directory / "storage.yaml");
  if (FILE* file = std::fopen((directory / "storage.yaml").c_str(), "w")) {
    std::fputs(text.c_str(), file);
    std::fclose(file);
  }
}

class RefusedRevision : public CycleTest, public ::testing::WithParamInterface<Spoiling> {};

TEST_P(RefusedRevision, KeepsTheLastGoodOneEnforced) {
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms", "hs-crypto"}));
  good_cycle();
  GetParam().spoil(directory);

  const CycleEnd refused = cycle();

  ASSERT_TRUE(refused.refusal);
  EXPECT_FALSE(refused.error);
  EXPECT_EQ(ours().size(), 2U);
  EXPECT_EQ(sent("DELETE"), 0U);
}

TEST_P(RefusedRevision, StillRepairsDrift) {
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
  good_cycle();
  GetParam().spoil(directory);
  Json control;
  control["grant"]["roles"][0]["role_id"] = kDelegatorRole;
  edit(only_id(), {{"control", control}});

  const CycleEnd end = cycle();

  ASSERT_TRUE(end.refusal);
  EXPECT_EQ(role_of(ours().at(0)), kReaderRole);
  const std::size_t before = unsafe();
  cycle();
  EXPECT_EQ(unsafe(), before);
}

TEST_P(RefusedRevision, WritesNothingWhereNothingWasEverGood) {
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
  GetParam().spoil(directory);

  const CycleEnd end = cycle();

  ASSERT_TRUE(end.refusal);
  EXPECT_FALSE(end.performed);
  EXPECT_EQ(service.counters().requests, 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Because,
    RefusedRevision,
    ::testing::Values(
        Spoiling{"AFileIsInvalid", [](const auto& root) { overwrite(root, "kind: [\n"); }},
        Spoiling{"AKeyIsUnknown",
                 [](const auto& root) {
                   overwrite(root,
                             manifest_of("storage", "server-protect", {"kms"}) + "  rolls: 1\n");
                 }},
        Spoiling{"ItBreaksAnAssertion",
                 [](const auto& root) {
                   overwrite(root,
                             manifest_of("storage", "server-protect", {"kms"}) +
                                 "---\napiVersion: authzd/v1\nkind: Assertion\nmetadata: {name: "
                                 "none}\nspec: {never: [{target: {service: kms}}]}\n");
                 }},
        Spoiling{"ItIsEmpty", [](const auto& root) { overwrite(root, ""); }},
        Spoiling{"TheFilesAreGone",
                 [](const auto& root) { std::filesystem::remove(root / "storage.yaml"); }},
        Spoiling{"TheDirectoryIsGone", [](const auto& root) { std::filesystem::remove_all(root); }},
        Spoiling{"AFileIsNoText", [](const auto& root) { overwrite(root, "\x01\x02\x03"); }}),
    [](const auto& test) { return test.param.name; });

class Refusal : public CycleTest {};

TEST_F(Refusal, ShowsInTheStatusWhichRevisionIsEnforced) {
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
  const CycleEnd good = good_cycle();
  const std::string applied = good.performed->planned.revision;
  EXPECT_EQ(account->status().applied_revision, applied);
  EXPECT_EQ(account->status().attempted_revision, applied);

  overwrite(directory, "nonsense");
  cycle();

  EXPECT_EQ(account->status().applied_revision, applied);
  EXPECT_NE(account->status().attempted_revision, applied);
  restart();
  cycle();
  EXPECT_EQ(account->status().applied_revision, applied) << "forgotten over a restart";
}

TEST_F(Refusal, StaysKnownByItsRevisionWhereTheSourceFailsMeanwhile) {
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
  const std::string applied = good_cycle().performed->planned.revision;
  overwrite(directory, "nonsense");
  const std::string refused = cycle().refusal->revision;
  const std::filesystem::path away = directory.string() + ".away";
  std::filesystem::rename(directory, away);
  cycle();
  std::filesystem::rename(away, directory);

  EXPECT_EQ((*state().revisions.attempted())->revision, refused) << "nobody could let it in";
  EXPECT_NE((*state().revisions.attempted())->error, "");
  EXPECT_EQ(account->status().attempted_revision, refused);

  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
  good_cycle();
  EXPECT_EQ((*state().revisions.attempted())->revision, applied);
  EXPECT_EQ((*state().revisions.attempted())->error, "");
}

TEST_F(Refusal, EndsWithTheRevisionThatIsGoodAgain) {
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
  good_cycle();
  write_file("storage.yaml", "nonsense");
  ASSERT_TRUE(cycle().refusal);
  write_file("storage.yaml",
             manifest_of("storage", "server-protect", {"kms"}, "Authorization Delegator"));

  good_cycle();

  EXPECT_EQ(role_of(ours().at(0)), kDelegatorRole);
}

TEST_F(Refusal, DoesNotMeanAnEmptySourceThatIsAllowed) {
  spec.allow_empty = true;
  spec.rails.limits.max_delete_percent = 100;
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
  good_cycle();
  remove_file("storage.yaml");

  good_cycle();

  EXPECT_TRUE(ours().empty());
}

TEST_F(Refusal, TakesNothingAwayWhereTheManifestsHaveChangedSinceThePlan) {
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
  write_file("other.yaml", manifest_of("other", "server-protect", {"hs-crypto"}));
  good_cycle();
  remove_file("other.yaml");
  auto intent = run(io, account->loader().next(clock.now()));
  ASSERT_TRUE(intent && intent->good);
  std::set<std::string> none_approved;
  auto planned = run(io, plan_account(account->reading(), intent->good, none_approved));
  ASSERT_TRUE(planned) << to_string(planned.error());
  write_file("other.yaml", manifest_of("other", "server-protect", {"hs-crypto"}));

  const Performed performed =
      run(io, perform(*account, std::move(*planned), intent->good, none_approved, stop));

  ASSERT_EQ(performed.outcomes.size(), 1U);
  EXPECT_THAT(performed.outcomes.front().error->message,
              ::testing::HasSubstr("the manifests have changed since the plan was made"));
  EXPECT_EQ(sent("DELETE"), 0U);
}

TEST_F(Refusal, SwapsNoRoleWhereTheManifestsHaveChangedSinceThePlan) {
  spec.rails.limits.max_delete_percent = 100;
  restart();
  const auto manifest = [](const std::string& role) {
    return manifest_of("events", "event-notifications", {"cloud-object-storage"}, role);
  };
  write_file("events.yaml", manifest("Reader"));
  good_cycle();
  write_file("events.yaml", manifest("Object Writer"));
  auto intent = run(io, account->loader().next(clock.now()));
  ASSERT_TRUE(intent && intent->good);
  std::set<std::string> none_approved;
  auto planned = run(io, plan_account(account->reading(), intent->good, none_approved));
  ASSERT_TRUE(planned) << to_string(planned.error());
  ASSERT_FALSE(is_held(planned->plan.actions.at(0)));
  write_file("events.yaml", manifest("Reader"));

  run(io, perform(*account, std::move(*planned), intent->good, none_approved, stop));

  EXPECT_EQ(sent("PUT"), 0U) << "what it takes away is wanted again";
}

TEST_F(Refusal, DeletesNothingWhereTheManifestsHaveChangedWhileItCreated) {
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
  write_file("other.yaml", manifest_of("other", "server-protect", {"hs-crypto"}));
  good_cycle();
  remove_file("other.yaml");
  write_file("more.yaml", manifest_of("more", "is", {"cloud-object-storage"}));
  const auto put_back = [this](const HttpRequest& request) -> std::optional<HttpResponse> {
    const bool creates = request.method == "POST" && request.target.ends_with("/v2/policies");
    if (creates) write_file("other.yaml", manifest_of("other", "server-protect", {"hs-crypto"}));
    return std::nullopt;
  };
  http->intercept = put_back;

  cycle();

  EXPECT_EQ(sent("DELETE"), 0U);
  EXPECT_EQ(ours().size(), 3U);
}

TEST_F(Refusal, DeletesNoMoreWhereTheManifestsWerePutBackWhileItDeleted) {
  constexpr std::size_t kAll = 24;
  spec.allow_empty = true;
  spec.concurrency = 4;
  spec.rails.limits.max_delete = kAll;
  spec.rails.limits.max_delete_percent = 100;
  const auto put_in = [this] {
    for (std::size_t i = 0; i < kAll; ++i) {
      const std::string name = "grant-" + std::to_string(10 + i);
      const std::string guid = "0a1b2c3d-0000-4000-8000-0000000000" + std::to_string(10 + i);
      write_file(name + ".yaml", manifest_of(name, "is, instance: " + guid, {"kms"}));
    }
  };
  put_in();
  good_cycle();
  ASSERT_EQ(ours().size(), kAll);
  for (std::size_t i = 0; i < kAll; ++i) remove_file("grant-" + std::to_string(10 + i) + ".yaml");
  http->after_done = [&](const HttpRequest& request) {
    if (request.method == "DELETE" && sent("DELETE") == 3) put_in();
  };

  const CycleEnd end = cycle();

  EXPECT_LT(sent("DELETE"), kAll / 2) << "what is wanted again was deleted all the same";
  ASSERT_TRUE(end.performed);
  const auto& outcomes = end.performed->outcomes;
  EXPECT_EQ(outcomes.size(), kAll) << "each action has its outcome";
  ASSERT_TRUE(outcomes.back().error);
  EXPECT_THAT(outcomes.back().error->message, ::testing::HasSubstr("was not begun by then"));
  clock.advance(spec.settle);
  good_cycle();
  EXPECT_EQ(ours().size(), kAll);
}

}  // namespace
}  // namespace authzd::test
