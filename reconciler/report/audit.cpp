// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/audit.hpp"

#include "reconciler/report/action_json.hpp"

namespace authzd {
namespace {

using report::Json;

Json error_json(const std::optional<Error>& error) {
  if (!error) return nullptr;
  return {{"code", to_string(error->code)},
          {"message", error->message},
          {"httpStatus", error->detail.http_status},
          {"serviceCode", error->detail.service_code}};
}

/// The action's own id; for a create the id assigned by IAM.
std::string policy_id(const Action& action, const Outcome& outcome) {
  if (!outcome.stored || action.verb != Verb::create) return action.id.value;
  return outcome.stored->policy.id.value;
}

Json why_json(const AuditContext& context, const Action& action) {
  Json json;
  json["reason"] = to_string(action.reason);
  json["name"] = action.name;
  json["position"] = to_string(action.position);
  json["revision"] = context.revision;
  json["drift"] = action.drift ? report::drift_json(*action.drift) : Json(nullptr);
  json["removal"] = action.removal ? report::removal_json(*action.removal) : Json(nullptr);
  json["stall"] = action.stall ? report::stall_json(*action.stall) : Json(nullptr);
  return json;
}

/// The common part of both lines.
Json line_json(std::string_view event, const AuditContext& context, const Action& action) {
  Json json;
  json["event"] = event;
  json["time"] = to_rfc3339(context.at);
  json["run"] = context.run_id;
  json["action"] = context.action;
  json["account"] = context.account.value;
  json["accountName"] = context.account_name;
  json["who"] = {{"owner", context.owner},
                 {"identity", context.identity.value},
                 {"askedBy", context.asked_by.empty() ? "timer" : context.asked_by}};
  json["why"] = why_json(context, action);
  json["verb"] = to_string(action.verb);
  json["risk"] = to_string(action.risk);
  json["before"] = report::content_json(action.before);
  json["after"] = report::content_json(action.after);
  return json;
}

}  // namespace

std::string_view audit_word(Command::Kind kind) {
  switch (kind) {
    case Command::Kind::create: return "create";
    case Command::Kind::replace: return "replace";
    case Command::Kind::remove: return "remove";
    case Command::Kind::restore: return "restore";
    case Command::Kind::read:
    case Command::Kind::find: break;
  }
  return "none";
}

std::string audit_intent(const AuditContext& context, const Action& action, const Command& write) {
  Json json = line_json("intent", context, action);
  json["write"] = audit_word(write.kind);
  json["policyId"] = write.id.value;
  return report::dump(json, -1);
}

std::string audit_approval(const AuditApproval& approval) {
  Json json;
  json["event"] = approval.is_revoked ? "revocation" : "approval";
  json["time"] = to_rfc3339(approval.at);
  json["account"] = approval.account.value;
  json["accountName"] = approval.account_name;
  json["who"] = {{"owner", approval.owner},
                 {"askedBy", approval.who},
                 {"loginUid", approval.login_uid ? Json(*approval.login_uid) : Json(nullptr)}};
  json["what"] = approval.what;
  json["until"] = approval.until ? Json(to_rfc3339(*approval.until)) : Json(nullptr);
  return report::dump(json, -1);
}

std::string audit_rollout(const AuditRollout& rollout) {
  Json json;
  json["event"] = "rollout";
  json["time"] = to_rfc3339(rollout.at);
  json["who"] = {{"owner", rollout.owner},
                 {"askedBy", rollout.who},
                 {"loginUid", rollout.login_uid ? Json(*rollout.login_uid) : Json(nullptr)}};
  json["what"] = rollout.what;
  json["revision"] = rollout.revision;
  return report::dump(json, -1);
}

std::string audit_outcome(const AuditContext& context,
                          const Action& action,
                          const Outcome& outcome) {
  Json json = line_json("outcome", context, action);
  json["policyId"] = policy_id(action, outcome);
  json["outcome"] = to_string(outcome.kind);
  json["wrote"] = outcome.wrote;
  json["error"] = error_json(outcome.error);
  json["transactionId"] = outcome.transaction_id;
  return report::dump(json, -1);
}

}  // namespace authzd
