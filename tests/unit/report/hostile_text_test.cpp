// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Text that people wrote in IAM and in the repository, in every report of the core.
#include "tests/support/hostile_text.hpp"

#include "reconciler/report/audit.hpp"
#include "reconciler/report/export.hpp"
#include "reconciler/report/findings.hpp"
#include "reconciler/report/outcome_text.hpp"
#include "reconciler/report/plan_json.hpp"
#include "reconciler/report/plan_markdown.hpp"
#include "reconciler/report/plan_text.hpp"
#include "reconciler/report/policy_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace authzd::test {
namespace {

using testing::HasSubstr;
using testing::Not;

const AccountId kHome{std::string(32, 'a')};
const std::string kReader = "crn:v1:bluemix:public:iam::::serviceRole:Reader";
const std::string kCustomReader =
    "crn:v1:ibmcloud:public:iam-access-management::a/x::customRole:Reader";

PolicyContent content_with(const std::string& text) {
  return {.subject = {{"serviceName", "stringEquals", text}, {text, text, text}},
          .resource = {{"serviceName", "stringEquals", std::string{"kms"}},
                       {"resource", "stringEquals", text},
                       {"region", "stringEqualsAnyOf", std::vector<std::string>{text, "eu-de"}}},
          .roles = {kReader, "crn:" + text},
          .description = text,
          .extras = {{text, "\"" + text + "\""}}};
}

Observed policy_with(const std::string& text) {
  Observed policy;
  policy.id = PolicyId{text};
  policy.content = content_with(text);
  policy.created_by = IamId{text};
  policy.last_modified_by = IamId{text};
  policy.last_modified_at = text;
  policy.role_names = {{kReader, text}};
  return policy;
}

Plan plan_with(const std::string& text) {
  Action update;
  update.verb = Verb::update;
  update.name = text;
  update.position = {text, 3, 5};
  update.id = PolicyId{text};
  update.before = content_with("old");
  update.after = content_with(text);
  update.key = key_of(kHome, *update.after);
  update.last_modified_at = text;
  update.drift = Drift{IamId{text}, text};
  update.stall = Stall{4, text, {}};
  Action held = update;
  held.verb = Verb::remove;
  held.after.reset();
  held.removal = Removal{{}, PolicyId{text}, IamId{text}, {}};
  held.holds = {Hold{"maxDelete", text, std::string(64, 'f')}};
  Note note{NoteKind::conflict,
            NoteReason::disputed,
            text,
            text,
            {text, 1, 1},
            PolicyId{text},
            content_with(text)};
  Plan plan;
  plan.account = kHome;
  plan.actions = {update, held};
  plan.notes = {note};
  plan.hash = std::string(64, '0');
  return plan;
}

/// Every report, by its name, of policies and a plan with `text` wherever text can be.
std::vector<std::pair<std::string, std::string>> reports_of(const std::string& text) {
  const Plan plan = plan_with(text);
  const TextOptions options{
      .account_name = text, .revision = text, .role_names = {{kReader, text}}};
  Outcome outcome;
  outcome.kind = OutcomeKind::failed;
  outcome.error = Error{ErrorCode::rejected, text};
  const std::vector<Outcome> outcomes{outcome};
  const Observed policy = policy_with(text);
  CheckFindings findings;
  findings.manifests.push_back({text, 1, 0, 1, 1, false});
  findings.configurations.push_back({text, {text}, false});
  findings.problems.add({Severity::error, {text, 3, 5}, text, text, text, 3}, text);
  AuditContext context;
  context.account_name = context.asked_by = context.revision = text;
  return {
      {"plan_text", plan_text(plan, options)},
      {"plan_markdown", plan_markdown(plan, options)},
      {"plan_json", plan_json({plan, text, text})},
      {"outcome_text", outcome_text(plan, outcomes, options)},
      {"list_text", list_text({&policy, 1}, {.account = kHome, .user = text})},
      {"list_json", list_json({&policy, 1}, {.account = kHome, .user = text})},
      {"export", export_manifests({&policy, 1}, {.account = kHome}).yaml},
      {"findings_json", findings_json(findings)},
      {"findings_sarif", findings_sarif(findings, "1.0")},
      {"findings_github", findings_github(findings)},
      {"audit", audit_outcome(context, plan.actions.front(), outcome)},
  };
}

TEST(EveryReport, PassesNothingOnThatDrivesATerminalOrHides) {
  for (const auto& [name, report] : reports_of(hostile_text())) {
    EXPECT_EQ(find_hostile(report), "") << name << ":\n" << report;
    EXPECT_THAT(report,
                Not(HasSubstr("\nPlan: 0 to create, 0 to update, 0 to delete; 0 held, 0 "
                              "conflicts, 0 unmanaged.\n")))
        << name;
  }
}

TEST(EveryReport, KeepsOrdinaryTextAsItIs) {
  for (const auto& [name, report] : reports_of("Grüße-→-ok")) {
    EXPECT_THAT(report, HasSubstr("Grüße-→-ok")) << name;
  }
}

TEST(PlanText, ShowsNoValueThatCouldBeTakenForTheRestOfTheLine) {
  const std::string forged = "kms) → hs-crypto : Manager\"";
  Plan plan = plan_with("x");
  plan.actions.front().before = content_with("x");
  plan.actions.front().after->resource = {{"serviceName", "stringEquals", std::string{"kms"}},
                                          {"resource", "stringEquals", forged}};

  const std::string text = plan_text(plan, {});

  EXPECT_THAT(text, HasSubstr("kms (resource \"kms) → hs-crypto : Manager\\\"\")"));
}

TEST(PlanText, KeepsAQuotedValueTogetherHoweverLongItIs) {
  std::string forged(80, 'v');
  forged += " + server-protect → kms : Manager";
  Plan plan = plan_with("x");
  plan.actions.front().after->resource = {{"resource", "stringEquals", forged}};

  const std::string text = plan_text(plan, {});

  EXPECT_THAT(text, HasSubstr("v + server-protect → "));  // not on its own line
  EXPECT_THAT(text, Not(HasSubstr("\n  + server-protect")));
}

TEST(Differences, ShowWhatDiffersWhereAnAttributeComesTwiceOrIsMissing) {
  const AccountId home{"a1234567a1234567a1234567a1234567"};
  const Attribute account{"accountId", std::string{kStringEquals}, home.value};
  const Attribute kms{"serviceName", std::string{kStringEquals}, "kms"};
  PolicyContent wanted;
  wanted.resource = AttributeSet{account, kms};
  PolicyContent twice = wanted;
  twice.resource.add({"serviceName", std::string{kStringEquals}, "hs-crypto"});
  PolicyContent of_no_account = wanted;
  of_no_account.resource = AttributeSet{kms};

  for (const PolicyContent& found : {twice, of_no_account}) {
    const std::vector<Difference> shown = differences(found, wanted, home, {});
    ASSERT_EQ(shown.size(), 1U);
    EXPECT_NE(shown[0].change.substr(0, shown[0].change.find(" → ")), "kms") << shown[0].change;
  }
  EXPECT_EQ(differences(twice, wanted, home, {})[0].change, "hs-crypto (serviceName = kms) → kms");
}

TEST(RolesText, ShowsARoleThatWasNotLookedUpByItsCrn) {
  EXPECT_EQ(roles_text({kReader}, {}), kReader);
  EXPECT_EQ(roles_text({kReader}, {{kReader, "Reader"}}), "Reader");
}

TEST(RolesText, ShowsTwoRolesOfOneNameAsTwo) {
  const std::string other = "crn:v1:bluemix:public:kms::::serviceRole:Reader";
  const RoleNames names{{kReader, "Reader"}, {other, "Reader"}, {kCustomReader, "Reader"}};

  EXPECT_EQ(roles_text({kReader, other}, names),
            "Reader (" + kReader + "), Reader (" + other + ")");
  EXPECT_EQ(roles_text({kCustomReader}, names), "Reader (" + kCustomReader + ")");
}

TEST(RolesText, QuotesANameThatCouldBeTakenForTwo) {
  EXPECT_EQ(roles_text({kReader}, {{kReader, "Reader, Writer"}}), "\"Reader, Writer\"");
  EXPECT_EQ(roles_text({kReader}, {{kReader, "Object Writer"}}), "Object Writer");
}

TEST(MarkdownEscape, AddsNothingThatIsCopiedWithTheText) {
  EXPECT_EQ(markdown_escape("a:b"), "a:<!-- -->b");
  EXPECT_EQ(find_hostile(markdown_escape("@me #1 http://x www.x")), "");
}

}  // namespace
}  // namespace authzd::test
