// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/json_values.hpp"
#include "reconciler/report/plan_json.hpp"

#include <array>

namespace authzd {
namespace {

using report::Json;

// The readers below throw nlohmann's exceptions; parse_plan_json is where they end.

AttributeValue read_value(const Json& json) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_array()) return json.get<std::vector<std::string>>();
  return json.get<std::string>();
}

AttributeSet read_attributes(const Json& json) {
  std::vector<Attribute> attributes;
  for (const Json& item : json) {
    attributes.push_back({item.at("key"), item.at("operator"), read_value(item.at("value"))});
  }
  return AttributeSet(std::move(attributes));
}

std::optional<PolicyContent> read_content(const Json& json) {
  if (json.is_null()) return std::nullopt;
  PolicyContent content;
  content.subject = read_attributes(json.at("subject"));
  content.resource = read_attributes(json.at("resource"));
  for (const Json& crn : json.at("roles")) content.roles.insert(crn.get<std::string>());
  content.description = json.at("description");
  for (const auto& [name, text] : json.at("extras").items()) {
    content.extras[name] = text.get<std::string>();
  }
  return content;
}

SourcePos read_position(const Json& json) {
  if (json.is_null()) return {};
  return {json.at("file"), json.at("line"), json.at("column")};
}

PolicyId read_id(const Json& json) {
  return json.is_null() ? PolicyId{} : PolicyId{json.get<std::string>()};
}

/// The enumerator that a word stands for, sought among all values from 0 to `last`.
template <class Enum>
Enum read_word(const Json& json, Enum last) {
  const auto word = json.get<std::string>();
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (to_string(static_cast<Enum>(i)) == word) return static_cast<Enum>(i);
  }
  throw Json::other_error::create(501, "unknown word " + word, nullptr);
}

std::optional<Timestamp> read_time(const Json& json) {
  if (json.is_null()) return std::nullopt;
  const auto text = json.get<std::string>();
  const auto time = parse_rfc3339(text);
  if (!time) throw Json::other_error::create(501, "no time: " + text, nullptr);
  return time;
}

std::optional<Stall> read_stall(const Json& json) {
  if (json.is_null()) return std::nullopt;
  Stall stall;
  stall.cycles = json.at("cycles");
  if (const Json& error = json.at("error"); !error.is_null()) stall.error = error;
  stall.next_try = read_time(json.at("nextTry"));
  return stall;
}

std::optional<Removal> read_removal(const Json& json) {
  if (json.is_null()) return std::nullopt;
  Removal removal;
  removal.last_permit_at = read_time(json.at("lastPermitAt"));
  removal.covered_by = read_id(json.at("coveredBy"));
  if (const Json& maker = json.at("madeBy"); !maker.is_null()) {
    removal.made_by = IamId{maker.get<std::string>()};
  }
  removal.expires_at = read_time(json.at("expiresAt"));
  return removal;
}

Action read_action(const Json& json, const AccountId& account) {
  Action action;
  action.verb = read_word(json.at("verb"), Verb::remove);
  action.name = json.at("name");
  action.position = read_position(json.at("position"));
  action.id = read_id(json.at("policyId"));
  action.before = read_content(json.at("before"));
  action.after = read_content(json.at("after"));
  if (const auto& content = action.after ? action.after : action.before) {
    action.key = key_of(account, *content);
  }
  action.last_modified_at = json.at("lastModifiedAt");
  action.reason = read_word(json.at("reason"), Reason::unmarked);
  action.risk = read_word(json.at("risk"), Risk::neutral);
  if (const Json& drift = json.at("drift"); !drift.is_null()) {
    action.drift = Drift{IamId{drift.at("by").get<std::string>()}, drift.at("at")};
  }
  action.stall = read_stall(json.at("stall"));
  action.removal = read_removal(json.at("removal"));
  for (const Json& hold : json.at("holds")) {
    action.holds.push_back({hold.at("rail"), hold.at("message"), hold.at("hash")});
  }
  return action;
}

Note read_note(const Json& json, const AccountId& account) {
  Note note;
  note.kind = read_word(json.at("kind"), NoteKind::unmanaged);
  note.reason = json.at("reason");
  note.message = json.at("message");
  note.name = json.at("name");
  note.position = read_position(json.at("position"));
  note.id = read_id(json.at("policyId"));
  note.policy = read_content(json.at("policy"));
  for (const Json& action : json.at("dropped")) {
    note.dropped.push_back(read_action(action, account));
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
    plan.actions.push_back(read_action(action, plan.account));
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
