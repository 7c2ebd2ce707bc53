// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/assertion_text.hpp"

#include "reconciler/report/plan_json.hpp"
#include "reconciler/report/plan_markdown.hpp"
#include "reconciler/report/plan_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using testing::HasSubstr;
using testing::Not;

const AccountId kAssertedHome{std::string(32, 'a')};
const std::string kAssertedReader = "crn:v1:bluemix:public:iam::::serviceRole:Reader";
const TextOptions kAssertedNames{.role_names = {{kAssertedReader, "Reader"}}};

AssertionFinding finding(Verdict verdict, AssertionRule rule, const std::string& id) {
  AssertionFinding found;
  found.verdict = verdict;
  found.rule = rule;
  found.pattern = {"rules.yaml", 7, 5};
  found.pattern_text = "target.serviceName: kms";
  if (rule == AssertionRule::always) return found;
  found.id = PolicyId{id};
  found.author = IamId{"IBMid-1"};
  PolicyContent content;
  content.subject.add({.name = "serviceName", .value = "is"});
  content.resource.add({.name = "serviceName", .value = "kms"});
  content.roles = {kAssertedReader};
  found.content = content;
  return found;
}

Plan judged_plan() {
  Plan plan;
  plan.account = kAssertedHome;
  plan.lost_assertions = {{"old", true}, {"weaker", false}};
  plan.assertions = {{"fine", {"rules.yaml", 1, 1}, Verdict::holds, 0, 0, {}},
                     {"keys-at-home",
                      {"rules.yaml", 4, 9},
                      Verdict::violated,
                      1,
                      1,
                      {finding(Verdict::violated, AssertionRule::never, "p1"),
                       finding(Verdict::undecided, AssertionRule::only, "p2")}},
                     {"must-remain",
                      {"rules.yaml", 20, 9},
                      Verdict::undecided,
                      0,
                      1,
                      {finding(Verdict::undecided, AssertionRule::always, "")}}};
  return plan;
}

TEST(AssertionText, SaysWhatDoesNotHoldAndWhy) {
  EXPECT_EQ(plan_text(judged_plan(), kAssertedNames),
            "Account  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
            "\n"
            "! this revision removes the assertion old\n"
            "\n"
            "! this revision changes the assertion weaker\n"
            "\n"
            "! the assertion keys-at-home is violated, by 1 policy\n"
            "    assertion    rules.yaml:4:9\n"
            "    violated     never target.serviceName: kms\n"
            "                 policy p1 (created by IBMid-1): is → kms : Reader\n"
            "    undecided    only target.serviceName: kms\n"
            "                 policy p2 (created by IBMid-1): is → kms : Reader\n"
            "\n"
            "? the assertion must-remain is undecided\n"
            "    assertion    rules.yaml:20:9\n"
            "    undecided    always target.serviceName: kms\n"
            "                 no policy surely gives it\n"
            "\n"
            "Assertions: 1 holds, 1 violated, 1 undecided.\n"
            "\n"
            "Nothing to do: IAM is as the manifests say (0 policies in sync).\n"
            "Plan: 0 to create, 0 to update, 0 to delete; 0 held, 0 conflicts, 0 unmanaged.\n");
}

TEST(AssertionText, StandsInMarkdownToo) {
  const std::string text = plan_markdown(judged_plan(), kAssertedNames);

  EXPECT_THAT(text, HasSubstr("### Assertions\n"));
  EXPECT_THAT(text, HasSubstr("keys-at-home is violated, by 1 policy"));
  EXPECT_THAT(text, HasSubstr("Assertions: 1 holds, 1 violated, 1 undecided.\n"));
}

TEST(AssertionText, IsAbsentWhereThereAreNone) {
  Plan plan;
  plan.account = kAssertedHome;

  EXPECT_THAT(plan_text(plan, kAssertedNames), Not(HasSubstr("ssertion")));
  EXPECT_THAT(plan_markdown(plan, kAssertedNames), Not(HasSubstr("ssertion")));
}

TEST(AssertionText, IsReadBackFromJson) {
  const PlanDocument document{judged_plan(), "prod", "r1"};
  const auto parsed = parse_plan_json(plan_json(document));

  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, document);
}

TEST(AssertionText, NamesTheWorstForACondition) {
  const Plan plan = judged_plan();

  EXPECT_EQ(trouble_text(plan.assertions),
            "the assertion keys-at-home is violated, by 1 policy (policy p1)");
  EXPECT_EQ(trouble_text(std::span(plan.assertions).subspan(2)),
            "the assertion must-remain is undecided");
  EXPECT_EQ(trouble_text(std::span(plan.assertions).first(1)), "");
}

}  // namespace
}  // namespace authzd
