// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/action_json.hpp"

namespace authzd::report {
namespace {

Json key_json(const Action& action) {
  const auto& content = action.after ? action.after : action.before;
  Json json;
  json["hash"] = action.key.hash12();
  json["subject"] = content ? attributes_json(content->subject) : Json::array();
  json["resource"] = content ? attributes_json(content->resource) : Json::array();
  return json;
}

Json time_json(const std::optional<Timestamp>& time) {
  return time ? Json(to_rfc3339(*time)) : Json(nullptr);
}

std::optional<Timestamp> read_time(const Json& json) {
  if (json.is_null()) return std::nullopt;
  const auto text = json.get<std::string>();
  const auto time = parse_rfc3339(text);
  if (!time) throw Json::other_error::create(501, "no time: " + text, nullptr);
  return time;
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

std::optional<Stall> read_stall(const Json& json) {
  if (json.is_null()) return std::nullopt;
  Stall stall;
  stall.cycles = json.at("cycles");
  if (const Json& error = json.at("error"); !error.is_null()) stall.error = error;
  stall.next_try = read_time(json.at("nextTry"));
  return stall;
}

}  // namespace

Json removal_json(const Removal& removal) {
  Json json;
  json["lastPermitAt"] = time_json(removal.last_permit_at);
  json["coveredBy"] = optional_text(removal.covered_by.value);
  json["madeBy"] = removal.made_by ? Json(removal.made_by->value) : Json(nullptr);
  json["expiresAt"] = time_json(removal.expires_at);
  return json;
}

Json stall_json(const Stall& stall) {
  Json json;
  json["stalled"] = is_stalled(stall);
  json["cycles"] = stall.cycles;
  json["error"] = optional_text(stall.error);
  json["nextTry"] = time_json(stall.next_try);
  return json;
}

Json drift_json(const Drift& drift) {
  return {{"by", drift.by.value}, {"at", drift.at}};
}

Json action_json(const Action& action) {
  Json json;
  json["verb"] = to_string(action.verb);
  json["actions"] = Json::array({to_string(action.verb)});
  json["name"] = action.name;
  json["position"] = position_json(action.position);
  json["key"] = key_json(action);
  json["policyId"] = optional_text(action.id.value);
  json["before"] = content_json(action.before);
  json["after"] = content_json(action.after);
  json["body"] = body_json(action.after);
  json["lastModifiedAt"] = action.last_modified_at;
  json["reason"] = to_string(action.reason);
  json["risk"] = to_string(action.risk);
  json["drift"] = action.drift ? drift_json(*action.drift) : Json(nullptr);
  json["stall"] = action.stall ? stall_json(*action.stall) : Json(nullptr);
  json["removal"] = action.removal ? removal_json(*action.removal) : Json(nullptr);
  json["holds"] = Json::array();
  for (const Hold& hold : action.holds) {
    json["holds"].push_back({{"rail", hold.rail}, {"message", hold.message}, {"hash", hold.hash}});
  }
  return json;
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
  action.reason = read_word(json.at("reason"), Reason::undone);
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

}  // namespace authzd::report
