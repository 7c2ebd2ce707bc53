// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/outcome_text.hpp"
#include "reconciler/report/plan_json.hpp"
#include "reconciler/report/plan_markdown.hpp"
#include "reconciler/report/plan_text.hpp"
#include "reconciler/report/policy_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

const AccountId kWritersHome{std::string(32, 'a')};
const std::string kReaderCrn = "crn:v1:bluemix:public:iam::::serviceRole:Reader";
const TextOptions kNamedOptions{.role_names = {{kReaderCrn, "Reader"}}};

PolicyContent content_with(std::string target, std::string description) {
  return {.subject = {{"accountId", "stringEquals", kWritersHome.value},
                      {"serviceName", "stringEquals", std::string{"server-protect"}}},
          .resource = {{"accountId", "stringEquals", kWritersHome.value},
                       {"serviceName", "stringEquals", std::move(target)},
                       {"volumeId", "stringExists", true}},
          .roles = {kReaderCrn},
          .description = std::move(description)};
}

Plan plan_with(std::string text) {
  Action create;
  create.name = "keys";
  create.position = {"a.yaml", 3, 5};
  create.after = content_with("kms", text);
  create.key = key_of(kWritersHome, *create.after);
  Action update;
  update.verb = Verb::update;
  update.name = text;
  update.id = PolicyId{"p2"};
  update.before = content_with("hs-crypto", text);
  update.after = content_with("hs-crypto", "new");
  update.key = key_of(kWritersHome, *update.after);
  update.last_modified_at = "2026-01-01";
  update.reason = Reason::text_differs;
  update.drift = Drift{IamId{text}, "2026-01-01"};
  Action held;
  held.verb = Verb::remove;
  held.name = "old";
  held.id = PolicyId{"p3"};
  held.before = content_with("logs", text);
  held.key = key_of(kWritersHome, *held.before);
  held.reason = Reason::not_desired;
  held.risk = Risk::narrowing;
  held.holds = {Hold{"maxDelete", "one too many", std::string(64, 'f')}};
  Note note{NoteKind::conflict,
            NoteReason::disputed,
            text,
            "n",
            {},
            PolicyId{"p4"},
            content_with("x", text)};
  Plan plan;
  plan.account = kWritersHome;
  plan.actions = {create, update, held};
  plan.notes = {note};
  plan.ours = 2;
  plan.hash = std::string(64, '0');
  return plan;
}

TEST(PlanText, EndsInTheFixedSentenceAndShowsHowToLetThrough) {
  const std::string text = plan_text(plan_with("old"), kNamedOptions);

  EXPECT_THAT(text, HasSubstr("+ server-protect → kms (volumeId exists) : Reader\n"));
  EXPECT_THAT(text, HasSubstr("\"old\" → \"new\""));
  EXPECT_THAT(text, HasSubstr("authzd apply --plan-hash " + std::string(64, '0') + "\n"));
  EXPECT_THAT(text,
              EndsWith("\nPlan: 1 to create, 1 to update, 0 to delete; 1 held, 1 conflict, 0 "
                       "unmanaged.\n"));
}

/// The same plan as `plan_with`, in mode observe: nothing runs, everything is noted.
Plan observed_plan(std::string text) {
  Plan plan = plan_with(std::move(text));
  plan.notes.clear();
  for (Action& action : plan.actions) {
    action.holds.clear();
    Note note;
    note.reason = NoteReason::mode;
    note.message = "would change (mode observe never writes)";
    note.name = action.name;
    note.id = action.id;
    note.policy = action.before;
    note.dropped.push_back(action);
    plan.notes.push_back(note);
  }
  plan.actions.clear();
  return plan;
}

TEST(PlanText, ShowsBeforeAndAfterOfWhatTheModeKeepsBack) {
  const Plan plan = observed_plan("old");
  const std::string text = plan_text(plan, kNamedOptions);

  EXPECT_TRUE(is_quiet(plan));
  EXPECT_THAT(text, HasSubstr("= server-protect → kms (volumeId exists) : Reader\n"));
  EXPECT_THAT(text, HasSubstr("\"old\" → \"new\""));
  EXPECT_THAT(text, HasSubstr("changed by old"));
  EXPECT_THAT(text, HasSubstr("does not allow 3 changes"));
  EXPECT_THAT(text, Not(HasSubstr("IAM is as the manifests say")));
  EXPECT_THAT(text, HasSubstr("\nPlan: 0 to create, 0 to update, 0 to delete; 0 held,"));
}

TEST(PlanMarkdown, ShowsBeforeAndAfterOfWhatTheModeKeepsBack) {
  const std::string text = plan_markdown(observed_plan("old"), {});

  EXPECT_THAT(text, HasSubstr("### Not done in this mode\n\n| | Who"));
  EXPECT_THAT(text, HasSubstr("old&#34; → &#34;new"));
  EXPECT_THAT(text, Not(HasSubstr("IAM is as the manifests say")));
}

TEST(PlanJson, ReadsBackWhatTheModeKeepsBack) {
  const PlanDocument document{observed_plan("old"), "production", "abc123"};

  const auto parsed = parse_plan_json(plan_json(document));

  ASSERT_TRUE(parsed) << to_string(parsed.error());
  EXPECT_EQ(*parsed, document);
  EXPECT_THAT(plan_json(document), HasSubstr("\"dropped\": 3"));
}

TEST(PlanWriters, NeverPassOnWhatCouldDriveATerminalOrForgeALine) {
  const Plan plan = plan_with("x\x1b[2J\r\nPlan: 0 to create\x07");
  std::vector<Outcome> outcomes(1);
  outcomes.front().kind = OutcomeKind::failed;

  for (const std::string& text :
       {plan_text(plan, {}), plan_markdown(plan, {}), outcome_text(plan, outcomes, {})}) {
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    EXPECT_THAT(text, Not(HasSubstr("\r")));
    EXPECT_THAT(text, Not(HasSubstr("\nPlan: 0")));
    EXPECT_THAT(text, Not(HasSubstr("\x07")));
  }
}

TEST(PlanWriters, TakeNoCreditForWhatNeededNoWrite) {
  const Plan plan = plan_with("text");
  std::vector<Outcome> outcomes(1);
  outcomes.front().kind = OutcomeKind::done;

  const std::string text = outcome_text(plan, outcomes, {});

  EXPECT_THAT(text, HasSubstr("nothing was written: IAM has it already"));
  EXPECT_THAT(text,
              HasSubstr("Applied: 0 created, 0 updated, 0 deleted; 0 failed, 0 refused, 1 "
                        "already so."));
}

TEST(PlanJson, ReadsBackWhatItWrote) {
  const PlanDocument document{plan_with("a \"quoted\" é\n text"), "production", "abc123"};

  const auto parsed = parse_plan_json(plan_json(document));

  ASSERT_TRUE(parsed) << to_string(parsed.error());
  EXPECT_EQ(*parsed, document);
  EXPECT_EQ(plan_json(*parsed), plan_json(document));
}

TEST(PlanJson, RefusesWhatIsNoPlan) {
  for (const char* text : {"", "[]", "{", "{\"formatVersion\": 99}", "{\"formatVersion\": 1}"}) {
    EXPECT_FALSE(parse_plan_json(text)) << text;
  }
}

TEST(PlanJson, RefusesNumbersThatDoNotFit) {
  const std::string text = plan_json({plan_with("x"), "production", "abc123"});
  const std::string member = "\"inSync\": ";
  const std::size_t at = text.find(member) + member.size();
  const std::size_t size = text.find_first_not_of("0123456789", at) - at;

  for (const char* number : {"1e300", "1.5", "-1"}) {
    EXPECT_FALSE(parse_plan_json(std::string(text).replace(at, size, number))) << number;
  }
  EXPECT_TRUE(parse_plan_json(std::string(text).replace(at, size, "7")));
}

TEST(PlanMarkdown, ShowsForeignTextAsText) {
  EXPECT_EQ(markdown_escape("|<b>`@me"), "&#124;&#60;b&#62;&#96;@<!-- -->me");
  EXPECT_EQ(markdown_escape("#1"), "&#35;<!-- -->1");
}

TEST(PolicyList, HasTheLayoutOfTheCli) {
  Observed policy;
  policy.id = PolicyId{"p1"};
  policy.content = content_with("kms", "");

  EXPECT_EQ(
      list_text({&policy, 1},
                {.account = kWritersHome, .user = "me", .role_names = kNamedOptions.role_names}),
      "Getting authorization policies under account " + kWritersHome.value +
          " as me...\nOK\n\n"
          "ID:                        p1\n"
          "Source service name:       server-protect\n"
          "Source service instance:   All instances\n"
          "Target service name:       kms\n"
          "Target service instance:   All instances\n"
          "Target attributes:         volumeId exists\n"
          "Roles:                     Reader\n");
}

TEST(PlanWriters, SayWhereTheDaemonsStateIsNotKnown) {
  const std::string sentence = "This plan was made without the state of a daemon";
  TextOptions options = kNamedOptions;
  options.lacks_state = true;

  EXPECT_THAT(plan_text(plan_with("x"), options), HasSubstr(sentence));
  EXPECT_THAT(plan_markdown(plan_with("x"), options), HasSubstr(sentence));
  EXPECT_THAT(plan_text(plan_with("x"), kNamedOptions), Not(HasSubstr(sentence)));
  Plan nothing;
  nothing.account = kWritersHome;
  EXPECT_THAT(plan_text(nothing, options), Not(HasSubstr(sentence)));
}

}  // namespace
}  // namespace authzd
