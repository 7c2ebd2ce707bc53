// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a plan shows about rails, Stalled and pinned objects, and the policies it deletes.

#include "reconciler/plan/canonical.hpp"
#include "reconciler/plan/stall.hpp"
#include "reconciler/report/audit.hpp"
#include "reconciler/report/plan_json.hpp"
#include "reconciler/report/plan_markdown.hpp"
#include "reconciler/report/plan_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace authzd {
namespace {

using testing::HasSubstr;
using testing::Not;

const AccountId kSafetyHome{std::string(32, 'a')};
const Timestamp kNow = *parse_rfc3339("2026-06-01T00:00:00Z");
const std::string kAdopted(64, 'a');
const std::string kFirst(64, 'f');

PolicyContent content(const std::string& target) {
  return {.subject = {{.name = "serviceName", .value = "server-protect"}},
          .resource = {{.name = "serviceName", .value = target}},
          .roles = {"crn:v1:bluemix:public:iam::::serviceRole:Reader"},
          .description = {}};
}

Action one_delete_of(const std::string& target) {
  Action action;
  action.verb = Verb::remove;
  action.name = "old-" + target;
  action.id = PolicyId("p-" + target);
  action.before = content(target);
  action.key = key_of(kSafetyHome, *action.before);
  action.reason = Reason::not_desired;
  action.risk = Risk::narrowing;
  action.removal = Removal{};
  return action;
}

Plan plan_of(std::vector<Action> actions) {
  Plan plan;
  plan.account = kSafetyHome;
  plan.actions = std::move(actions);
  plan.hash = std::string(64, '0');
  return plan;
}

/// One delete that two rails hold, and one whose last use is unknown.
Plan held_plan() {
  Action held = one_delete_of("kms");
  held.removal = Removal{kNow, PolicyId("q"), IamId("IBMid-1"), kNow};
  held.holds = {{"firstDeletes", "firstDeletes: 1 delete planned", kFirst},
                {"adopted", "adopted: 1 delete of what authzd did not create", kAdopted}};
  return plan_of({held, one_delete_of("cos")});
}

Plan stalled_plan() {
  const Action tried = one_delete_of("kms");
  Action resting;
  resting.name = "keys";
  resting.after = content("hs");
  resting.key = key_of(kSafetyHome, *resting.after);
  const ObjectHistories histories{
      {object_of(tried), {signature_of(tried), 3, 3, kNow, "403: no right"}},
      {object_of(resting), {signature_of(resting), 5, 5, kNow, "no such role"}}};
  return set_aside(plan_of({resting, tried}), histories, kNow);
}

TEST(PlanText, ShowsEveryHoldWithItsApproval) {
  const std::string text = plan_text(held_plan(), {});

  EXPECT_THAT(
      text,
      HasSubstr("Held by firstDeletes: 1 delete planned\n  only this: authzd approve " + kFirst));
  EXPECT_THAT(text, HasSubstr("Held by adopted: 1 delete of"));
  EXPECT_THAT(text, HasSubstr("  only this: authzd approve " + kAdopted + "\n"));
}

TEST(PlanText, LeadsWithOneCommandForAllThatIsHeld) {
  const std::string all = hash_all_holds(held_plan());
  const std::string text = plan_text(held_plan(), {});

  EXPECT_THAT(text,
              HasSubstr("Held: 1 action, in 2 holds. Once you have read them, approve them all "
                        "with\n  authzd approve " +
                        all + "\n"));
  EXPECT_LT(text.find(all), text.find(kFirst));
  EXPECT_THAT(plan_markdown(held_plan(), {}), HasSubstr("    authzd approve " + all + "\n"));
  EXPECT_THAT(plan_json({held_plan(), "production", "abc123"}),
              HasSubstr("\"approveAll\": \"" + all + "\""));
  EXPECT_THAT(approval_text(held_plan(), all, {}), HasSubstr("That is 1 action, and no other."));
}

TEST(PlanText, ShowsOneHoldWithOneHash) {
  Plan plan = held_plan();
  plan.actions.front().holds.pop_back();

  const std::string text = plan_text(plan, {});

  EXPECT_THAT(text, HasSubstr("1 delete planned\n  authzd approve " + kFirst + "\n"));
  EXPECT_THAT(text, Not(HasSubstr("Held: ")));
}

TEST(PlanText, ShowsWhatIsKnownOfADelete) {
  const std::string text = plan_text(held_plan(), {});

  EXPECT_THAT(text, HasSubstr("last used    2026-06-01T00:00:00Z\n"));
  EXPECT_THAT(text, HasSubstr("covered by   policy q, since when is unknown\n"));
  EXPECT_THAT(text, HasSubstr("made by      IBMid-1\n"));
  EXPECT_THAT(text, HasSubstr("last used    unknown"));
  EXPECT_THAT(text,
              HasSubstr("Last use unknown: IAM does not tell it for 1 policy to be deleted."));
}

TEST(PlanText, CallsWhatWasNeverUsedNotUnknown) {
  Action action = one_delete_of("kms");
  action.removal = Removal{.is_never_used = true};
  const std::string text = plan_text(plan_of({action}), {});

  EXPECT_THAT(text, HasSubstr("last used    never: it has permitted nothing, says IAM\n"));
  EXPECT_THAT(text, Not(HasSubstr("unknown")));
  const PlanDocument document{plan_of({action}), "production", "abc123"};
  EXPECT_EQ(*parse_plan_json(plan_json(document)), document);
}

TEST(PlanText, ShowsWhatIsStalledAndWhenItIsTriedAgain) {
  const std::string text =
      plan_text(stalled_plan(),
                {.role_names = {{"crn:v1:bluemix:public:iam::::serviceRole:Reader", "Reader"}}});

  EXPECT_THAT(text, HasSubstr("stalled      has been needed 4 cycles running, and ended in: 403:"));
  EXPECT_THAT(text, HasSubstr("each time    wanted: nothing; IAM has: "));
  EXPECT_THAT(text, HasSubstr("conflict     keys · Stalled"));
  EXPECT_THAT(text, HasSubstr("; IAM has: nothing\n"));
  EXPECT_THAT(text, HasSubstr("again at 2026-06-01T00:08:00Z"));
  EXPECT_THAT(text, HasSubstr("Stalled: 2 objects, needed"));
  EXPECT_THAT(text, HasSubstr("0 held, 1 conflict,"));
}

TEST(PlanText, KeepsALongListShort) {
  std::vector<Action> actions;
  for (int i = 0; i < 21; ++i) actions.push_back(one_delete_of("kms" + std::to_string(i)));
  const std::string text = plan_text(plan_of(actions), {});

  EXPECT_THAT(text, HasSubstr("delete       old-kms7 · narrowing · NotDesired · policy p-kms7"));
  EXPECT_THAT(text, Not(HasSubstr("because")));
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 21 * 3 + 12);
  actions.resize(20);
  EXPECT_THAT(plan_text(plan_of(actions), {}), HasSubstr("because"));
}

TEST(PlanMarkdown, ShowsEveryHoldWithItsApproval) {
  const std::string text = plan_markdown(held_plan(), {});

  EXPECT_THAT(text, HasSubstr("### Held by firstDeletes, adopted\n"));
  EXPECT_THAT(text, HasSubstr("    authzd approve " + kFirst + "\n"));
  EXPECT_THAT(text, HasSubstr("    authzd approve " + kAdopted + "\n"));
  EXPECT_THAT(text, HasSubstr("last used"));
}

TEST(PlanMarkdown, ListsWhatRestsAmongTheConflictsAlone) {
  const std::string text = plan_markdown(stalled_plan(), {});

  EXPECT_THAT(text, HasSubstr("### Conflicts\n"));
  EXPECT_THAT(text, HasSubstr("tried again at"));
  EXPECT_THAT(text, HasSubstr("IAM has"));
  EXPECT_THAT(text, Not(HasSubstr("Not done in this mode")));
}

TEST(PlanJson, ReadsBackHoldsFactsAndStalls) {
  for (const Plan& plan : {held_plan(), stalled_plan()}) {
    const PlanDocument document{plan, "production", "abc123"};
    const auto parsed = parse_plan_json(plan_json(document));
    ASSERT_TRUE(parsed) << to_string(parsed.error());
    EXPECT_EQ(*parsed, document);
  }
}

TEST(PlanJson, CountsWhatIsUnknownAndWhatIsStalled) {
  const std::string held = plan_json({held_plan(), "", ""});
  EXPECT_THAT(held, HasSubstr("\"unknownUse\": 1"));
  EXPECT_THAT(held, HasSubstr("\"rail\": \"adopted\""));
  EXPECT_THAT(held, HasSubstr("\"lastPermitAt\": \"2026-06-01T00:00:00Z\""));
  EXPECT_THAT(held, HasSubstr("\"lastPermitAt\": null"));
  EXPECT_THAT(plan_json({stalled_plan(), "", ""}), HasSubstr("\"stalled\": 2"));
}

TEST(Audit, TellsWhatWasKnownWhenItWasWritten) {
  Action action = one_delete_of("kms");
  action.removal->made_by = IamId("IBMid-1");
  action.drift = Drift{IamId("IBMid-2"), "2026-05-31"};
  const std::string line = audit_outcome({}, action, {});

  EXPECT_THAT(line, HasSubstr("\"madeBy\":\"IBMid-1\""));
  EXPECT_THAT(line, HasSubstr("\"by\":\"IBMid-2\""));
  EXPECT_THAT(line, Not(HasSubstr("\n")));
}

TEST(PlanMarkdown, FitsAPullRequestAndShowsDeletesFirst) {
  std::vector<Action> actions;
  for (int i = 0; i < 500; ++i) {
    Action action = one_delete_of("kms-" + std::to_string(i));
    if (i < 490) {
      action.verb = Verb::create;
      action.name = "new-" + std::to_string(i);
      action.after = std::exchange(action.before, std::nullopt);
      action.removal.reset();
    }
    actions.push_back(std::move(action));
  }
  const Plan plan = plan_of(std::move(actions));

  const std::string text = plan_markdown(plan, {});
  const std::string longer = plan_markdown(plan, {}, 1'000'000);

  EXPECT_LT(text.size(), 60'000U);
  EXPECT_GT(text.size(), 55'000U);
  EXPECT_THAT(text, HasSubstr(" more are not shown.\n\n"));
  EXPECT_THAT(text, HasSubstr("Plan hash " + plan.hash));
  EXPECT_TRUE(
      text.ends_with("Plan: 490 to create, 0 to update, 10 to delete; 0 held, 0 conflicts, "
                     "0 unmanaged.\n"));
  for (int i = 490; i < 500; ++i) {
    EXPECT_THAT(text, HasSubstr("kms-" + std::to_string(i) + " :"));
  }
  EXPECT_THAT(longer, Not(HasSubstr("not shown")));
  EXPECT_GT(longer.size(), 60'000U);
}

}  // namespace
}  // namespace authzd
