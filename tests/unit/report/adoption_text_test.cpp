// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Texts about policies that could be adopted, and about those that others deleted.

#include "reconciler/report/plan_json.hpp"
#include "reconciler/report/plan_markdown.hpp"
#include "reconciler/report/plan_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using testing::HasSubstr;
using testing::Not;

const AccountId kHome{std::string(32, 'a')};
const std::string kReader = "crn:v1:bluemix:public:iam::::serviceRole:Reader";
const std::string kWriter = "crn:v1:bluemix:public:iam::::serviceRole:Writer";
const TextOptions kNamed{.role_names = {{kReader, "Reader"}, {kWriter, "Writer"}}};

PolicyContent content(const std::string& target, const std::string& role) {
  return {.subject = {{.name = "serviceName", .value = "server-protect"}},
          .resource = {{.name = "serviceName", .value = target}},
          .roles = {role},
          .description = {}};
}

Note note_of(NoteKind kind, const std::string& target) {
  Note note;
  note.kind = kind;
  note.reason = NoteReason::unmanaged;
  note.message = "not managed";
  note.name = "keys";
  note.id = PolicyId("p-" + target);
  note.policy = content(target, kReader);
  note.author = Authorship{IamId("IBMid-1"), "2026-01-01", IamId("IBMid-2"), "2026-02-02"};
  return note;
}

/// Two that are equal, one of which may have been ours, and one that differs.
Plan takeable() {
  Plan plan;
  plan.account = kHome;
  plan.hash = std::string(64, '0');
  plan.notes = {note_of(NoteKind::conflict, "kms"),
                note_of(NoteKind::kept, "hs"),
                note_of(NoteKind::kept, "cos")};
  plan.notes[0].wanted = content("kms", kWriter);
  plan.notes[1].may_be_ours = true;
  return plan;
}

TEST(PlanText, GroupsWhatManyPoliciesOfOthersGive) {
  Plan plan;
  plan.account = kHome;
  for (int i = 0; i < 30; ++i) {
    Note note = note_of(NoteKind::kept, i < 25 ? "kms" : "hs");
    note.policy->resource.add({.name = "serviceInstance", .value = "i-" + std::to_string(i)});
    plan.notes.push_back(std::move(note));
  }

  const std::string text = plan_text(plan, kNamed);

  EXPECT_THAT(text,
              HasSubstr("= server-protect → kms (instance various) : Reader\n"
                        "    kept         25 grants · Unmanaged, given by policies that are not "
                        "ours; --show-unmanaged shows each\n"));
  EXPECT_THAT(text, HasSubstr("kept         5 grants"));
  EXPECT_THAT(text, Not(HasSubstr("i-7")));
  TextOptions full = kNamed;
  full.detail.unmanaged = true;
  EXPECT_THAT(plan_text(plan, full), HasSubstr("i-7"));
  plan.notes.resize(20);
  EXPECT_THAT(plan_text(plan, kNamed), HasSubstr("i-7")) << "a few are shown each";
}

TEST(PlanText, OffersToTakeOverWithTheFlagOnceAtTheEnd) {
  const std::string text = plan_text(takeable(), kNamed);

  EXPECT_THAT(text, HasSubstr("\nKept: 2 grants that policies which are not ours give already.\n"));
  EXPECT_THAT(text, HasSubstr("Not managed, and wanted by a manifest: 3 policies (2 with"));
  EXPECT_THAT(text, HasSubstr("--adopt identical"));
  EXPECT_THAT(text, HasSubstr("--adopt always"));
  EXPECT_EQ(text.find("--adopt identical"), text.rfind("--adopt identical")) << "once";
  EXPECT_THAT(text, HasSubstr("Marker missing: 1 policy of these may have been ours"));
  EXPECT_THAT(text, HasSubstr("    roles        Reader → Writer\n"));
  EXPECT_THAT(text,
              HasSubstr("    created by   IBMid-1 at 2026-01-01; last changed by IBMid-2 at "
                        "2026-02-02\n"));
}

TEST(PlanText, OffersNoTakeOverWhereNothingCanBeTaken) {
  Plan plan = takeable();
  plan.notes.clear();
  plan.in_sync = 3;
  EXPECT_THAT(plan_text(plan, kNamed), Not(HasSubstr("adopt")));

  plan.notes = {note_of(NoteKind::kept, "kms")};
  const std::string text = plan_text(plan, kNamed);
  EXPECT_THAT(text, HasSubstr("--adopt identical"));
  EXPECT_THAT(text, Not(HasSubstr("--adopt always")));
}

TEST(PlanMarkdown, OffersToTakeOverAndShowsTheDifference) {
  const std::string text = plan_markdown(takeable(), kNamed);

  EXPECT_THAT(text, HasSubstr(" 2 grants that policies which are not ours give already"));
  EXPECT_THAT(text, HasSubstr("--adopt identical"));
  EXPECT_THAT(text, HasSubstr("  - roles: Reader → Writer\n"));
  EXPECT_THAT(text, HasSubstr("created by IBMid-1 at 2026-01-01"));
}

TEST(PlanJson, CountsWhatIsKeptAndWhatCanBeTakenOver) {
  const PlanDocument document{takeable(), "production", "abc123"};
  const std::string text = plan_json(document);

  EXPECT_THAT(text, HasSubstr("\"kept\": 2"));
  EXPECT_THAT(text, HasSubstr("\"mayBeOurs\": 1"));
  EXPECT_THAT(text, HasSubstr("\"adoptableAlways\": 1"));
  EXPECT_EQ(*parse_plan_json(text), document);
}

Plan with_deleted(IamId by) {
  Action create;
  create.name = "keys";
  create.after = content("kms", kReader);
  create.key = key_of(kHome, *create.after);
  create.drift = Drift{std::move(by), "2026-03-03", PolicyId("p-old")};
  create.is_restore = true;
  Plan plan;
  plan.account = kHome;
  plan.actions = {create};
  return plan;
}

TEST(PlanText, SaysWhoDeletedWhatIsMadeAgain) {
  const std::string text = plan_text(with_deleted(IamId("IBMid-1")), kNamed);

  EXPECT_THAT(text, HasSubstr("because      someone deleted the policy that granted this\n"));
  EXPECT_THAT(text, HasSubstr("drift        policy p-old was deleted by IBMid-1 at 2026-03-03\n"));
  EXPECT_THAT(plan_text(with_deleted({}), kNamed),
              HasSubstr("policy p-old was deleted; IAM does not tell by whom any more\n"));
  EXPECT_THAT(plan_markdown(with_deleted(IamId("IBMid-1")), kNamed),
              HasSubstr("was deleted by IBMid-1"));
}

TEST(PlanJson, ReadsBackWhoDeletedWhat) {
  const PlanDocument document{with_deleted(IamId("IBMid-1")), "production", "abc123"};
  EXPECT_THAT(plan_json(document), HasSubstr("\"deletedPolicy\": \"p-old\""));
  EXPECT_EQ(*parse_plan_json(plan_json(document)), document);
}

}  // namespace
}  // namespace authzd
