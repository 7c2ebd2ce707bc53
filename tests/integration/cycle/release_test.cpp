// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A manual release: what its plan shows, and what is stored about it.

#include "daemon/cycle/release.hpp"

#include "daemon/cycle/undo.hpp"
#include "reconciler/plan/plan_name.hpp"
#include "reconciler/report/plan_text.hpp"
#include "tests/integration/cycle/cycle_fixture.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace authzd::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class Release : public CycleTest {
 protected:
  Planned planned(const std::string& which = {}) {
    const auto good = run(io, account->loader().last_good(clock.now()));
    if (!good) throw std::runtime_error(good.error().message);
    auto planned = run(io, plan_release(account->reading(), *good, which));
    if (!planned) throw std::runtime_error(planned.error().message);
    return std::move(*planned);
  }

  static std::string text_of(const Planned& planned) {
    return plan_text(planned.plan, {.role_names = planned.role_names});
  }

  /// A policy of the demo, made by a service, violates it.
  void write_rules() const {
    write_file("rules.yaml",
               "apiVersion: authzd/v1\nkind: Assertion\nmetadata: {name: no-databases}\nspec:\n"
               "  never: [{source: {service: databases-for-postgresql}}]\n");
  }
};

TEST_F(Release, ShowsRolesByTheirNames) {
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
  good_cycle();

  const std::string text = text_of(planned());

  EXPECT_THAT(text, HasSubstr("~ server-protect → kms : Reader\n"));
}

/// As with a private endpoint: the manifest's CRN is used as it is.
TEST_F(Release, ShowsACrnWhoseNameNobodyLookedUp) {
  inject({.method = "GET", .path = "/v2/roles", .times = 0, .status = 404});
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}, kReaderRole));
  good_cycle();

  const std::string text = text_of(planned());

  EXPECT_THAT(text, HasSubstr("~ server-protect → kms : " + kReaderRole + "\n"));
}

TEST_F(Release, TellsHowTheAssertionsStandAndBreaksNone) {
  seed_demo();
  write_rules();
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
  good_cycle();

  const Planned plan = planned("storage");

  EXPECT_EQ(plan.plan.actions.size(), 1U);
  EXPECT_THAT(text_of(plan), HasSubstr("Assertions: 0 hold, 1 violated, 0 undecided"));
  EXPECT_THAT(text_of(plan), Not(HasSubstr("their assertions")));
}

/// A process without the other's state, and without manifests.
TEST_F(Release, SaysThatNoManifestsAreKnown) {
  write_rules();
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
  good_cycle();
  const std::string hash = planned().plan.hash;

  auto alone = run(io, plan_release(account->reading(), nullptr, std::string()));
  auto nothing = run(io, plan_release(account->reading(), nullptr, "nothing"));

  ASSERT_TRUE(alone && nothing);
  ASSERT_EQ(alone->plan.notes.size(), 1U);
  EXPECT_EQ(alone->plan.notes[0].reason, NoteReason::assertions_unknown);
  EXPECT_THAT(text_of(*alone), HasSubstr("nothing was checked against"));
  EXPECT_EQ(alone->plan.hash, hash) << "what would be done is the same";
  EXPECT_TRUE(nothing->plan.notes.empty());
}

/// A revision that this version no longer accepts is not known either.
TEST_F(Release, IsNoOtherThanAnUndoWhereNoManifestsAreKnown) {
  write_rules();
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms", "hs-crypto"}));
  good_cycle();
  spec.load_limits.max_grants = 1;
  restart();
  account->begin_run("undo", RunKind::undo, "ada");
  const auto past = state().runs.find(state().runs.last(1)->front().start.id);
  ASSERT_TRUE(past);

  const auto undo = run(io, plan_undo(*account, account->reading(), *past));

  ASSERT_TRUE(undo) << to_string(undo.error());
  const Plan& plan = undo->planned.plan;
  EXPECT_EQ(plan.actions.size(), 2U);
  EXPECT_EQ(std::ranges::count(plan.notes, NoteReason::assertions_unknown, &Note::reason), 1);
  EXPECT_TRUE(is_name_of(plan.hash, plan));
}

/// A pin needs the manifest as this process reads it.
TEST_F(Release, SaysSoWhereItCannotPin) {
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms", "hs-crypto"}));
  good_cycle();
  spec.load_limits.max_grants = 1;
  restart();
  account->begin_run("release", RunKind::release, "ada");
  const auto good = run(io, account->loader().last_good(clock.now()));
  auto planned = run(io, plan_release(account->reading(), nullptr, std::string()));
  ASSERT_TRUE(planned);
  const Performed performed = run(io, perform_plan(*account, std::move(*planned), stop));

  const auto settled = settle_release(*account, performed, good);

  EXPECT_TRUE(ours().empty());
  ASSERT_FALSE(settled);
  EXPECT_NE(to_string(settled.error()).find("nothing is pinned"), std::string::npos);
}

}  // namespace
}  // namespace authzd::test
