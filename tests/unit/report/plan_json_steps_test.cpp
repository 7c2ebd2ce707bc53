// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A plan is written in steps, so that a long one does not keep a daemon from other work.
#include "reconciler/report/plan_json.hpp"
#include "reconciler/report/policy_list.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace authzd {
namespace {

using Json = nlohmann::ordered_json;

const AccountId kStepsHome{std::string(32, 'a')};

PlanDocument document_of(std::size_t actions, std::size_t notes) {
  PlanDocument document;
  document.plan.account = kStepsHome;
  document.plan.hash = std::string(64, '0');
  // Text from outside that looks like the members that are written in steps.
  document.account_name = "\"actions\": null, \"notes\": null";
  document.revision = "dir:\n  \"notes\": [";
  for (std::size_t i = 0; i < actions; ++i) {
    Action action;
    action.name = "grant-" + std::to_string(i);
    action.after = PolicyContent{.subject = {{"serviceName", "stringEquals", std::string{"is"}}},
                                 .resource = {{"serviceName", "stringEquals", std::string{"kms"}}},
                                 .roles = {"crn:v1:bluemix:public:iam::::serviceRole:Reader"},
                                 .description = "two\nlines"};
    action.key = key_of(kStepsHome, *action.after);
    document.plan.actions.push_back(std::move(action));
  }
  for (std::size_t i = 0; i < notes; ++i) {
    Note note;
    note.kind = NoteKind::unmanaged;
    note.reason = NoteReason::unmanaged;
    note.id = PolicyId{"policy-" + std::to_string(i)};
    document.plan.notes.push_back(std::move(note));
  }
  return document;
}

TEST(PlanJson, OfManyStepsHasEachActionAndNoteInItsPlace) {
  for (const auto& [actions, notes] :
       {std::pair(0U, 0U), std::pair(1U, 250U), std::pair(100U, 0U)}) {
    const PlanDocument document = document_of(actions, notes);
    const std::string text = plan_json(document);
    const Json json = Json::parse(text);

    EXPECT_EQ(json.at("actions").size(), actions);
    EXPECT_EQ(json.at("notes").size(), notes);
    EXPECT_EQ(*parse_plan_json(text), document);
    EXPECT_EQ(json.dump(2) + "\n", text) << "indented as a whole";
  }
}

TEST(PlanJson, OfSeveralAccountsIsAListOfTheSame) {
  const std::vector<PlanDocument> documents{document_of(3, 101), document_of(0, 1)};
  const std::string text = plans_json(documents);
  const Json json = Json::parse(text);

  ASSERT_EQ(json.at("accounts").size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(json.at("accounts").at(i), Json::parse(plan_json(documents[i])));
  }
  EXPECT_EQ(json.dump(2) + "\n", text);
  EXPECT_EQ(Json::parse(plans_json({})).at("accounts").size(), 0U);
}

TEST(ListJson, InPartsIsTheSameAsAtOnce) {
  std::vector<Observed> policies(5);
  for (std::size_t i = 0; i < policies.size(); ++i) policies[i].id = PolicyId{std::to_string(i)};
  const ListOptions options{.account = kStepsHome, .user = {}};

  std::string parts;
  append_list_json(parts, std::span(policies).first(2), options);
  append_list_json(parts, std::span(policies).subspan(2), options);
  end_list_json(parts);

  EXPECT_EQ(parts, list_json(policies, options));
  EXPECT_EQ(Json::parse(parts).size(), 5U);
  EXPECT_EQ(list_json({}, options), "[]\n");
}

}  // namespace
}  // namespace authzd
