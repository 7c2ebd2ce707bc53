// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/state_codec.hpp"

#include "reconciler/report/action_json.hpp"

#include <array>
#include <functional>
#include <utility>

namespace authzd {
namespace {

using report::Json;

constexpr std::array<std::string_view, 6> kCommandKinds{
    "create", "read", "replace", "remove", "restore", "find"};

Error unreadable(std::string_view what, std::string_view why) {
  return {ErrorCode::invalid_config,
          "the state holds " + std::string(what) + " that cannot be read: " + std::string(why)};
}

/// The result of `read` for the text. The readers throw nlohmann's exceptions, which are caught
/// here.
template <class T>
Result<T> parse(std::string_view text, std::string_view what, T (*read)(const Json&)) {
  try {
    return read(Json::parse(text));
  } catch (const Json::exception& problem) {
    return unreadable(what, problem.what());
  }
}

Json observed_json(const Observed& policy) {
  Json json;
  json["id"] = policy.id.value;
  json["content"] = report::content_json(policy.content);
  json["deleted"] = policy.state == PolicyState::deleted;
  json["createdBy"] = policy.created_by.value;
  json["createdAt"] = policy.created_at;
  json["lastModifiedBy"] = policy.last_modified_by.value;
  json["lastModifiedAt"] = policy.last_modified_at;
  json["template"] = policy.template_id;
  json["lastPermitAt"] = nullptr;
  if (policy.last_permit_at) {
    json["lastPermitAt"] = policy.last_permit_at->time_since_epoch().count();
  }
  json["roleNames"] = Json::object();
  for (const auto& [crn, name] : policy.role_names) json["roleNames"][crn] = name;
  return json;
}

std::string text_at(const Json& json, const char* member) {
  return json.at(member).get<std::string>();
}

AccountTraits read_traits(const Json& json) {
  AccountTraits traits{text_at(json, "name")};
  for (const auto& [key, value] : json.at("labels").items()) {
    traits.labels[key] = value.get<std::string>();
  }
  for (const auto& [key, value] : json.at("params").items()) {
    traits.params[key] = value.get<std::string>();
  }
  return traits;
}

PolicyContent read_content(const Json& json) {
  return report::read_content(json).value_or(PolicyContent{});
}

Observed read_observed(const Json& json) {
  Observed policy;
  policy.id = PolicyId{text_at(json, "id")};
  policy.content = read_content(json.at("content"));
  policy.state = json.at("deleted").get<bool>() ? PolicyState::deleted : PolicyState::active;
  policy.created_by = IamId{text_at(json, "createdBy")};
  policy.created_at = text_at(json, "createdAt");
  policy.last_modified_by = IamId{text_at(json, "lastModifiedBy")};
  policy.last_modified_at = text_at(json, "lastModifiedAt");
  policy.template_id = text_at(json, "template");
  if (const Json& at = json.at("lastPermitAt"); !at.is_null()) {
    policy.last_permit_at =
        Timestamp{std::chrono::milliseconds{report::read_number<std::int64_t>(at)}};
  }
  for (const auto& [crn, name] : json.at("roleNames").items()) {
    policy.role_names[crn] = name.get<std::string>();
  }
  return policy;
}

Json error_json(const Error& error) {
  return {{"code", to_string(error.code)},
          {"message", error.message},
          {"httpStatus", error.detail.http_status},
          {"serviceCode", error.detail.service_code},
          {"transactionId", error.detail.transaction_id},
          {"conflictsWith", error.detail.conflicts_with},
          {"mayHaveHappened", error.detail.may_have_happened}};
}

Error read_error(const Json& json) {
  Error error;
  error.code = report::read_word(json.at("code"), ErrorCode::cancelled);
  error.message = text_at(json, "message");
  error.detail.http_status = report::read_number<int>(json.at("httpStatus"));
  error.detail.service_code = text_at(json, "serviceCode");
  error.detail.transaction_id = text_at(json, "transactionId");
  error.detail.conflicts_with = text_at(json, "conflictsWith");
  error.detail.may_have_happened = json.at("mayHaveHappened").get<bool>();
  return error;
}

Outcome read_outcome(const Json& json) {
  Outcome outcome;
  outcome.kind = report::read_word(json.at("kind"), OutcomeKind::skipped);
  outcome.wrote = json.at("wrote").get<bool>();
  if (const Json& error = json.at("error"); !error.is_null()) outcome.error = read_error(error);
  if (const Json& stored = json.at("stored"); !stored.is_null()) {
    outcome.stored = Versioned{read_observed(stored), Etag{text_at(json, "etag")}};
  }
  outcome.transaction_id = text_at(json, "transactionId");
  return outcome;
}

}  // namespace

std::string action_to_text(const Action& action) {
  return report::dump(report::action_json(action), -1);
}

Result<Action> action_from_text(std::string_view text, const AccountId& account) {
  try {
    return report::read_action(Json::parse(text), account);
  } catch (const Json::exception& problem) {
    return unreadable("an action", problem.what());
  }
}

std::string content_to_text(const PolicyContent& content) {
  return report::dump(report::content_json(content), -1);
}

Result<PolicyContent> content_from_text(std::string_view text) {
  return parse<PolicyContent>(text, "a policy's content", read_content);
}

std::string observed_to_text(const Observed& policy) {
  return report::dump(observed_json(policy), -1);
}

Result<Observed> observed_from_text(std::string_view text) {
  return parse<Observed>(text, "a policy", read_observed);
}

std::string outcome_to_text(const Outcome& outcome) {
  Json json;
  json["kind"] = to_string(outcome.kind);
  json["wrote"] = outcome.wrote;
  json["error"] = outcome.error ? error_json(*outcome.error) : Json(nullptr);
  json["stored"] = nullptr;
  json["etag"] = "";
  if (outcome.stored) {
    json["stored"] = observed_json(outcome.stored->policy);
    json["etag"] = outcome.stored->etag.value;
  }
  json["transactionId"] = outcome.transaction_id;
  return report::dump(json, -1);
}

Result<Outcome> outcome_from_text(std::string_view text) {
  return parse<Outcome>(text, "an outcome", read_outcome);
}

std::string traits_to_text(const AccountTraits& traits) {
  Json json;
  json["name"] = traits.name;
  json["labels"] = traits.labels;
  json["params"] = traits.params;
  return report::dump(json, -1);
}

Result<AccountTraits> traits_from_text(std::string_view text) {
  return parse<AccountTraits>(text, "labels and parameters", read_traits);
}

std::string_view to_string(Command::Kind kind) {
  return kCommandKinds.at(static_cast<std::size_t>(kind));
}

Result<Command::Kind> command_kind_from(std::string_view word) {
  for (std::size_t i = 0; i < kCommandKinds.size(); ++i) {
    if (word == kCommandKinds.at(i)) return static_cast<Command::Kind>(i);
  }
  return unreadable("a write", "there is no kind " + std::string(word));
}

}  // namespace authzd
