// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/action_json.hpp"
#include "reconciler/report/json_values.hpp"
#include "reconciler/report/plan_json.hpp"

namespace authzd {
namespace {

using report::Json;

// The readers below throw nlohmann's exceptions; parse_plan_json catches them.

Note read_note(const Json& json, const AccountId& account) {
  Note note;
  note.kind = report::read_word(json.at("kind"), NoteKind::unmanaged);
  note.reason = report::read_word(json.at("reason"), kLastNoteReason);
  note.message = json.at("message");
  note.name = json.at("name");
  note.position = report::read_position(json.at("position"));
  note.id = report::read_id(json.at("policyId"));
  note.policy = report::read_content(json.at("policy"));
  note.wanted = report::read_content(json.value("wanted", Json(nullptr)));
  note.author = report::read_author(json.value("createdBy", Json(nullptr)));
  note.may_be_ours = json.value("mayBeOurs", false);
  for (const Json& action : json.at("dropped")) {
    note.dropped.push_back(report::read_action(action, account));
  }
  return note;
}

GrantEnd read_end(const Json& json, const AccountId& account) {
  GrantEnd end;
  end.name = json.at("name");
  end.position = report::read_position(json.at("position"));
  end.subject = report::read_attributes(json.at("subject"));
  end.resource = report::read_attributes(json.at("resource"));
  end.key = Key(account, end.subject, end.resource);
  end.before = report::read_time(json.at("before"));
  end.after = report::read_time(json.at("after"));
  return end;
}

std::string text_or_none(const Json& json, const char* name) {
  const Json& text = json.at(name);
  return text.is_null() ? std::string() : text.get<std::string>();
}

InstanceName read_instance_name(const Json& json) {
  return {json.at("service"),
          json.at("name"),
          text_or_none(json, "resourceGroup"),
          text_or_none(json, "region")};
}

PlanDocument read_document(const Json& json) {
  PlanDocument document;
  Plan& plan = document.plan;
  plan.account = AccountId{json.at("account").at("id").get<std::string>()};
  document.account_name = json.at("account").at("name");
  document.revision = json.at("revision");
  plan.hash = json.at("hash");
  plan.ours = report::read_number<std::size_t>(json.at("counts").at("ours"));
  plan.in_sync = report::read_number<std::size_t>(json.at("counts").at("inSync"));
  for (const Json& action : json.at("actions")) {
    plan.actions.push_back(report::read_action(action, plan.account));
  }
  for (const Json& note : json.at("notes")) {
    plan.notes.push_back(read_note(note, plan.account));
  }
  for (const Json& end : json.at("ends")) plan.ends.push_back(read_end(end, plan.account));
  // Earlier versions did not write it.
  for (const Json& one : json.value("instances", Json::array())) {
    document.instances.insert_or_assign(read_instance_name(one),
                                        KnownInstance{one.at("id"), text_or_none(one, "before")});
  }
  for (const Json& result : json.value("assertions", Json::array())) {
    plan.assertions.push_back(report::read_assertion(result));
  }
  for (const Json& change : json.value("lostAssertions", Json::array())) {
    plan.lost_assertions.push_back(report::read_assertion_change(change));
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
