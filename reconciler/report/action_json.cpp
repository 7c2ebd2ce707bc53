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

std::optional<Removal> read_removal(const Json& json) {
  if (json.is_null()) return std::nullopt;
  Removal removal;
  removal.last_permit_at = read_time(json.at("lastPermitAt"));
  removal.covered_by = read_id(json.at("coveredBy"));
  if (const Json& maker = json.at("madeBy"); !maker.is_null()) {
    removal.made_by = IamId{maker.get<std::string>()};
  }
  removal.expires_at = read_time(json.at("expiresAt"));
  // Earlier versions did not write the following members.
  removal.is_announced = json.value("announced", false);
  removal.covered_since = read_time(json.value("coveredSince", Json(nullptr)));
  for (const Json& id : json.value("dependents", Json::array())) {
    removal.dependents.push_back(read_id(id));
  }
  removal.wanted_since = read_time(json.value("wantedSince", Json(nullptr)));
  removal.is_never_used = json.value("neverUsed", false);
  return removal;
}

std::optional<Stall> read_stall(const Json& json) {
  if (json.is_null()) return std::nullopt;
  Stall stall;
  stall.cycles = read_number<decltype(stall.cycles)>(json.at("cycles"));
  if (const Json& error = json.at("error"); !error.is_null()) stall.error = error;
  stall.next_try = read_time(json.at("nextTry"));
  stall.is_contested = json.value("contested", false);
  return stall;
}

}  // namespace

Json removal_json(const Removal& removal) {
  Json json;
  json["lastPermitAt"] = time_json(removal.last_permit_at);
  json["coveredBy"] = optional_text(removal.covered_by.value);
  json["madeBy"] = removal.made_by ? Json(removal.made_by->value) : Json(nullptr);
  json["expiresAt"] = time_json(removal.expires_at);
  json["announced"] = removal.is_announced;
  json["coveredSince"] = time_json(removal.covered_since);
  json["dependents"] = Json::array();
  for (const PolicyId& id : removal.dependents) json["dependents"].push_back(id.value);
  json["wantedSince"] = time_json(removal.wanted_since);
  json["neverUsed"] = removal.is_never_used;
  return json;
}

Json stall_json(const Stall& stall) {
  Json json;
  json["stalled"] = is_stalled(stall);
  json["cycles"] = stall.cycles;
  json["error"] = optional_text(stall.error);
  json["nextTry"] = time_json(stall.next_try);
  json["contested"] = stall.is_contested;
  return json;
}

Json drift_json(const Drift& drift) {
  return {{"by", drift.by.value},
          {"at", drift.at},
          {"deletedPolicy", optional_text(drift.deleted.value)}};
}

Json author_json(const std::optional<Authorship>& author) {
  if (!author) return nullptr;
  return {{"by", author->created_by.value},
          {"at", author->created_at},
          {"changedBy", author->changed_by.value},
          {"changedAt", author->changed_at}};
}

std::optional<Authorship> read_author(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return Authorship{IamId{json.at("by").get<std::string>()},
                    json.at("at"),
                    IamId{json.at("changedBy").get<std::string>()},
                    json.at("changedAt")};
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
  json["createdBy"] = author_json(action.author);
  json["stall"] = action.stall ? stall_json(*action.stall) : Json(nullptr);
  json["removal"] = action.removal ? removal_json(*action.removal) : Json(nullptr);
  json["rationale"] = rationale_json(action.rationale);
  json["repair"] = action.is_repair;
  json["restore"] = action.is_restore;
  json["holds"] = Json::array();
  for (const Hold& hold : action.holds) {
    json["holds"].push_back({{"rail", hold.rail},
                             {"message", hold.message},
                             {"hash", hold.hash},
                             {"until", time_json(hold.until)}});
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
    action.drift = Drift{IamId{drift.at("by").get<std::string>()},
                         drift.at("at"),
                         read_id(drift.value("deletedPolicy", Json(nullptr)))};
  }
  action.author = read_author(json.value("createdBy", Json(nullptr)));
  action.stall = read_stall(json.at("stall"));
  action.removal = read_removal(json.at("removal"));
  action.rationale = read_rationale(json.value("rationale", Json(nullptr)));
  action.is_repair = json.value("repair", false);
  action.is_restore = json.value("restore", false);
  for (const Json& hold : json.at("holds")) {
    action.holds.push_back({hold.at("rail"),
                            hold.at("message"),
                            hold.at("hash"),
                            read_time(hold.value("until", Json(nullptr)))});
  }
  return action;
}

}  // namespace authzd::report
