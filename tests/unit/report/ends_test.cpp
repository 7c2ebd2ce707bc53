// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The ends of grants, in each report of a plan.

#include "reconciler/report/plan_json.hpp"
#include "reconciler/report/plan_markdown.hpp"
#include "reconciler/report/plan_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using testing::HasSubstr;
using testing::Not;

const AccountId kEndsHome{std::string(32, 'a')};
const Timestamp kEnd = *parse_rfc3339("2026-06-01T00:00:00Z");

/// A plan with nothing but one end.
Plan plan_with(std::optional<Timestamp> before, std::optional<Timestamp> after) {
  GrantEnd end;
  end.name = "keys";
  end.position = {"a.yaml", 3, 5};
  end.subject = {{"serviceName", "stringEquals", std::string("is")}};
  end.resource = {{"serviceName", "stringEquals", std::string("kms")}};
  end.key = Key(kEndsHome, end.subject, end.resource);
  end.before = before;
  end.after = after;
  Plan plan;
  plan.account = kEndsHome;
  plan.ends = {end};
  return plan;
}

TEST(PlanEnds, AreLinesOfTheTextThatSayWhenAndWhat) {
  const std::string text = plan_text(plan_with(std::nullopt, kEnd), {});

  EXPECT_THAT(text, HasSubstr("> is → kms\n"));
  EXPECT_THAT(text, HasSubstr("keys · narrowing · a.yaml:3:5"));
  EXPECT_THAT(text, HasSubstr("ends at 2026-06-01T00:00:00Z, then deleted"));
  EXPECT_THAT(text, Not(HasSubstr("Nothing to do")));
}

TEST(PlanEnds, ThatAreTakenOffSayWhenItWasToEnd) {
  EXPECT_THAT(plan_text(plan_with(kEnd, std::nullopt), {}),
              HasSubstr("no longer ends (it was to end at 2026-06-01T00:00:00Z)"));
}

TEST(PlanEnds, ThatStandAreNotShown) {
  const std::string text = plan_text(plan_with(kEnd, kEnd), {});

  EXPECT_THAT(text, Not(HasSubstr("ends at")));
  EXPECT_THAT(text, HasSubstr("Nothing to do"));
}

TEST(PlanEnds, AreInTheMarkdown) {
  const std::string text = plan_markdown(plan_with(std::nullopt, kEnd), {});

  EXPECT_THAT(text, HasSubstr("### Ends of grants"));
  EXPECT_THAT(text, HasSubstr("then deleted"));
}

TEST(PlanEnds, AreInTheJsonAndReadBack) {
  const PlanDocument document{plan_with(std::nullopt, kEnd), "production", "abc"};
  const std::string text = plan_json(document);

  EXPECT_THAT(text, HasSubstr("\"after\": \"2026-06-01T00:00:00Z\""));
  EXPECT_THAT(text, HasSubstr("\"nothingToDo\": false"));
  const auto parsed = parse_plan_json(text);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, document);
}

}  // namespace
}  // namespace authzd
