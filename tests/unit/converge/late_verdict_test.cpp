// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/converge/late_verdict.hpp"

#include "tests/unit/converge/bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace authzd::test {
namespace {

using Kind = Command::Kind;

constexpr auto kOpen = "open";

struct Row {
  std::string name;
  Kind write;
  std::optional<Versioned> found;
  std::string old;  // its meaning after the settle time
  std::string young;
  bool was_answered = false;
};

/// Someone wrote it again since the plan was made.
Versioned touched(Versioned found) {
  found.policy.last_modified_at = "2026-06-02T00:00:00.000Z";
  return found;
}

Versioned by_someone_else(Versioned found) {
  found.policy.created_by = IamId{"IBMid-them"};
  return found;
}

std::string verdict(const Action& action, const Row& row, bool is_young) {
  const auto outcome =
      judge_late(action, 7, {row.write, row.found, is_young, row.was_answered, {kUs}});
  if (!outcome) return kOpen;
  EXPECT_EQ(outcome->action, 7U);
  EXPECT_EQ(outcome->error.has_value(),
            outcome->kind == OutcomeKind::failed || outcome->kind == OutcomeKind::refused);
  if (is_gap(*outcome)) return "gap";
  if (may_be_taken_back(*outcome)) return "taken back";
  if (outcome->wrote && outcome->error && outcome->kind != OutcomeKind::restored) return "perhaps";
  const bool shown = outcome->kind == OutcomeKind::done || outcome->kind == OutcomeKind::restored;
  EXPECT_EQ(outcome->wrote, shown) << row.name;
  return std::string(to_string(outcome->kind));
}

void expect_rows(const Action& action, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    EXPECT_EQ(verdict(action, row, false), row.old) << row.name;
    EXPECT_EQ(verdict(action, row, true), row.young) << row.name << ", young";
  }
}

TEST(LateVerdict, OfACreate) {
  expect_rows(create_action(),
              {{"as wanted", Kind::create, as_planned(), "Done", "Done"},
               {"ours, changed since", Kind::create, with_role("Writer"), "Done", "Done"},
               {"as wanted, by someone else",
                Kind::create,
                by_someone_else(as_planned()),
                "perhaps",
                kOpen},
               {"nothing", Kind::create, {}, "perhaps", kOpen}});
}

TEST(LateVerdict, OfAnUpdate) {
  expect_rows(update_action(),
              {{"as wanted", Kind::replace, with_role("Writer"), "Done", "Done"},
               {"as before", Kind::replace, as_planned(), "Failed", kOpen},
               {"as before, by another hand",
                Kind::replace,
                touched(as_planned()),
                "taken back",
                "taken back"},
               {"something else", Kind::replace, with_role("Manager"), "perhaps", kOpen},
               {"deleted", Kind::replace, deleted(as_planned()), "perhaps", kOpen},
               {"nothing", Kind::replace, {}, "perhaps", kOpen}});
}

TEST(LateVerdict, OfADelete) {
  expect_rows(
      remove_action(),
      {{"deleted", Kind::remove, deleted(as_planned()), "Done", "Done"},
       {"deleted, changed", Kind::remove, deleted(with_role("Writer")), "gap", "gap"},
       {"nothing", Kind::remove, {}, "Done", kOpen},
       {"active", Kind::remove, as_planned(), "Failed", kOpen},
       {"active, although IAM said done", Kind::remove, as_planned(), "taken back", kOpen, true},
       {"active, by another hand",
        Kind::remove,
        touched(as_planned()),
        "taken back",
        "taken back"}});
}

TEST(LateVerdict, OfTheRestoreOfADelete) {
  expect_rows(
      remove_action(),
      {{"active", Kind::restore, with_role("Writer"), "Restored", "Restored"},
       {"still deleted, as it was", Kind::restore, deleted(as_planned()), "Done", kOpen},
       {"still deleted, changed", Kind::restore, deleted(with_role("Writer")), "gap", kOpen},
       {"nothing", Kind::restore, {}, "Done", kOpen}});
}

TEST(LateVerdict, OfTheRestoreThatAnUndoAskedFor) {
  Action back = create_action();
  back.id = kId;
  back.last_modified_at = as_planned().policy.last_modified_at;
  expect_rows(back,
              {{"as wanted", Kind::restore, as_planned(), "Done", "Done"},
               {"different", Kind::restore, with_role("Writer"), "perhaps", kOpen},
               {"still deleted", Kind::restore, deleted(as_planned()), "Failed", kOpen},
               {"deleted again", Kind::restore, touched(deleted(as_planned())), "perhaps", kOpen},
               {"nothing", Kind::restore, {}, "perhaps", kOpen}});
}

}  // namespace
}  // namespace authzd::test
