// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The text about a write says what happened to it.

#include "reconciler/report/outcome_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string text_of(Verb verb, OutcomeKind kind, ErrorCode code = ErrorCode::conflict) {
  Plan plan;
  plan.actions.resize(1);
  plan.actions.front().verb = verb;
  Outcome outcome;
  outcome.kind = kind;
  if (kind != OutcomeKind::done) outcome.error = Error{code, "IAM's words"};
  return outcome_text(plan, std::vector{outcome}, {});
}

TEST(OutcomeText, SaysOfARefusalWhoRefusedAndWhy) {
  EXPECT_THAT(text_of(Verb::create, OutcomeKind::refused, ErrorCode::rejected),
              HasSubstr("refused by IAM"));
  EXPECT_THAT(text_of(Verb::create, OutcomeKind::refused),
              HasSubstr("not created: another policy is in its place"));
  EXPECT_THAT(text_of(Verb::update, OutcomeKind::refused),
              HasSubstr("not as it was when the plan was made"));
}

TEST(OutcomeText, SaysByWhatStatusIamRefused) {
  const auto text_with = [](int status) {
    Plan plan;
    plan.actions.resize(1);
    plan.actions.front().verb = Verb::remove;
    Outcome outcome;
    outcome.kind = OutcomeKind::refused;
    outcome.error = Error{ErrorCode::conflict, "IAM's words"};
    outcome.error->detail.http_status = status;
    return outcome_text(plan, std::vector{outcome}, {});
  };
  for (const int status : {400, 404, 403}) {
    EXPECT_THAT(text_with(status), HasSubstr("refused by IAM (HTTP " + std::to_string(status)));
  }
  for (const int status : {0, 409, 412}) {
    EXPECT_THAT(text_with(status), HasSubstr("not as it was when the plan was made")) << status;
  }
}

TEST(OutcomeText, PromisesNoNextCycleToACallThatHasNone) {
  EXPECT_THAT(text_of(Verb::create, OutcomeKind::failed), Not(HasSubstr("cycle")));
  EXPECT_THAT(text_of(Verb::create, OutcomeKind::refused), Not(HasSubstr("planned")));
}

TEST(OutcomeText, CountsWhatNobodyKnowsApart) {
  for (const auto kind : {OutcomeKind::unknown, OutcomeKind::unconfirmed}) {
    EXPECT_THAT(text_of(Verb::remove, kind), HasSubstr("its outcome is unknown until"));
    EXPECT_THAT(text_of(Verb::remove, kind),
                HasSubstr("0 failed, 0 refused, 1 of unknown outcome"));
  }
}

}  // namespace
}  // namespace authzd
