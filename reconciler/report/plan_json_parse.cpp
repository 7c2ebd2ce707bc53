// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/action_json.hpp"
#include "reconciler/report/json_values.hpp"
#include "reconciler/report/plan_json.hpp"

namespace authzd {
namespace {

using report::Json;

// The readers below throw nlohmann's exceptions; parse_plan_json is where they end.

Note read_note(const Json& json, const AccountId& account) {
  Note note;
  note.kind = report::read_word(json.at("kind"), NoteKind::unmanaged);
  note.reason = json.at("reason");
  note.message = json.at("message");
  note.name = json.at("name");
  note.position = report::read_position(json.at("position"));
  note.id = report::read_id(json.at("policyId"));
  note.policy = report::read_content(json.at("policy"));
  for (const Json& action : json.at("dropped")) {
    note.dropped.push_back(report::read_action(action, account));
  }
  return note;
}

PlanDocument read_document(const Json& json) {
  PlanDocument document;
  Plan& plan = document.plan;
  plan.account = AccountId{json.at("account").at("id").get<std::string>()};
  document.account_name = json.at("account").at("name");
  document.revision = json.at("revision");
  plan.hash = json.at("hash");
  plan.ours = json.at("counts").at("ours");
  plan.in_sync = json.at("counts").at("inSync");
  for (const Json& action : json.at("actions")) {
    plan.actions.push_back(report::read_action(action, plan.account));
  }
  for (const Json& note : json.at("notes")) {
    plan.notes.push_back(read_note(note, plan.account));
  }
  return document;
}

}  // namespace

Result<PlanDocument> parse_plan_json(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    if (json.at("formatVersion") != kPlanFormatVersion) {
      return Error{ErrorCode::bad_response, "the plan is of a format version not known here"};
    }
    return read_document(json);
  } catch (const Json::exception& problem) {
    return Error{ErrorCode::bad_response, std::string{"not a plan: "} + problem.what()};
  }
}

}  // namespace authzd
