// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/rollout/narrowing.hpp"

#include "tests/support/model_world.hpp"

#include <gmock/gmock.h>

namespace authzd {
namespace {

using testing::ElementsAre;

Action action(Verb verb, Risk risk, const std::string& name) {
  Action made;
  made.verb = verb;
  made.risk = risk;
  made.name = name;
  made.key = test::key_for("source-" + name, "kms");
  return made;
}

std::vector<std::string> names_of(const std::vector<Action>& actions) {
  std::vector<std::string> names;
  for (const Action& each : actions) names.push_back(each.name);
  return names;
}

TEST(Narrowing, WhatTakesAccessAwayGoesOnAndTheRestWaits) {
  Plan plan;
  plan.actions = {action(Verb::create, Risk::widening, "new"),
                  action(Verb::update, Risk::widening, "wider"),
                  action(Verb::update, Risk::neutral, "text"),
                  action(Verb::update, Risk::narrowing, "narrower"),
                  action(Verb::remove, Risk::narrowing, "gone")};
  plan = only_narrowing(std::move(plan), "wave 2 (prod)");
  EXPECT_THAT(names_of(plan.actions), ElementsAre("narrower", "gone"));
  ASSERT_EQ(plan.notes.size(), 3);
  for (const Note& note : plan.notes) {
    EXPECT_EQ(note.kind, NoteKind::kept);
    EXPECT_EQ(note.reason, NoteReason::waits_for_wave);
    EXPECT_EQ(note.dropped.size(), 1);
    EXPECT_THAT(note.message, testing::EndsWith(" waits for wave 2 (prod)"));
  }
  EXPECT_EQ(count(plan).dropped, 3);
}

TEST(Narrowing, WhatOthersTookAwayIsStillSetBack) {
  Plan plan;
  plan.actions = {action(Verb::create, Risk::widening, "deleted-by-others")};
  plan.actions.front().is_restore = true;
  EXPECT_EQ(only_narrowing(plan, "wave 2"), plan);
}

TEST(Narrowing, NoEndComesLaterThanBefore) {
  const Timestamp soon{std::chrono::milliseconds(1'000)};
  const Timestamp late{std::chrono::milliseconds(2'000)};
  Desired desired;
  for (const char* name : {"later", "none", "earlier", "new"}) {
    desired.grants.push_back(test::wanted(name, name, "kms").grant);
  }
  desired.grants[0].expires_at = late;
  desired.grants[2].expires_at = soon;
  desired.grants[3].expires_at = late;
  const std::map<Key, Timestamp> ends{
      {desired.grants[0].key, soon}, {desired.grants[1].key, soon}, {desired.grants[2].key, late}};
  const Desired narrowed = with_earlier_ends(desired, ends);
  EXPECT_EQ(narrowed.grants[0].expires_at, soon);
  EXPECT_EQ(narrowed.grants[1].expires_at, soon) << "an end that is taken off gives access, too";
  EXPECT_EQ(narrowed.grants[2].expires_at, soon);
  EXPECT_EQ(narrowed.grants[3].expires_at, late);
}

}  // namespace
}  // namespace authzd
