// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/why_writers.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/report/json_values.hpp"
#include "reconciler/report/json_yaml.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace authzd {
namespace {

using report::Json;

constexpr std::size_t kMostAccountsNamed = 10;

std::string ids_text(const std::vector<PolicyId>& ids) {
  std::vector<std::string> texts;
  for (const PolicyId& id : ids) texts.push_back(printable(id.value));
  return join(texts, ", ");
}

/// "ours, authorization volumes at prod.yaml:12:5".
std::string whose_text(const WhyPolicy& judged) {
  const Observed& policy = judged.policy;
  std::string text(to_string(judged.owner));
  if (!judged.name.empty()) text += ", authorization " + printable(judged.name);
  if (judged.position) text += " at " + printable(to_string(*judged.position));
  if (!policy.template_id.empty()) {
    text += ", of the enterprise template " + printable(policy.template_id);
  } else if (judged.owner != PolicyOwner::ours && !policy.created_by.empty()) {
    text += ", made by " + printable(policy.created_by.value);
  }
  if (!judged.delegated_by.empty()) {
    text += ", delegated by " +
            std::string(judged.delegated_by.size() == 1 ? "policy " : "policies ") +
            ids_text(judged.delegated_by);
  }
  return text;
}

std::string conditions_text(const std::vector<WhyCondition>& conditions) {
  std::vector<std::string> texts;
  for (const WhyCondition& condition : conditions) {
    texts.push_back(std::string(to_string(condition.side)) + " " + printable(condition.text));
  }
  return join(texts, ", ");
}

std::string policy_text(const WhyPolicy& judged, const WhyReply& reply, std::string_view before) {
  std::string text = "  policy " + printable(judged.policy.id.value) + ": " +
                     grant_text(judged.policy.content, reply.result.account, reply.names) +
                     "\n    " + whose_text(judged) + "\n";
  if (judged.conditions.empty()) return text;
  return text + "    " + std::string(before) + conditions_text(judged.conditions) + "\n";
}

std::string head_of(const WhyReply& reply) {
  return printable(reply.result.name) + ": " + std::string(to_string(reply.result.answer)) + ": " +
         question_text(reply.question, reply.result.account, reply.names) + "\n";
}

std::string delegation_text(const WhyReply& reply) {
  if (reply.result.answer == WhyAnswer::yes) return {};
  std::string text;
  for (const WhyPolicy& judged : reply.result.may_delegate) {
    text += policy_text(judged, reply, "only where: ");
  }
  if (text.empty()) return text;
  return "  May be delegated: the source of such a policy can pass its access on to services that "
         "depend on it.\n" +
         text;
}

std::string account_text(const WhyReply& reply) {
  std::string text = head_of(reply);
  for (const WhyPolicy& judged : reply.result.policies) {
    text += policy_text(judged, reply, "only where: ");
  }
  if (reply.result.policies.empty() && !reply.result.near.empty()) {
    text += "  Nearest:\n";
    for (const WhyPolicy& judged : reply.result.near) text += policy_text(judged, reply, "has: ");
  }
  return text + delegation_text(reply);
}

/// Accounts without a policy that may permit it, in one line where there are several accounts.
std::string rest_text(const std::vector<const WhyReply*>& rest) {
  if (rest.empty()) return {};
  std::vector<std::string> names;
  for (const WhyReply* reply : rest) {
    if (names.size() < kMostAccountsNamed) names.push_back(printable(reply->result.name));
  }
  std::string text =
      "no, in " + count_of(rest.size(), "account", "accounts") + ": " + join(names, ", ");
  if (rest.size() > names.size())
    text += " and " + std::to_string(rest.size() - names.size()) + " more";
  return text + "\n";
}

std::string missing_text(std::span<const WhyReply> replies) {
  std::map<std::string, std::vector<std::string>> accounts;  // by advice
  for (const WhyReply& reply : replies) {
    if (reply.missing.advice.empty()) continue;
    accounts[reply.missing.advice].push_back(printable(reply.result.name));
  }
  std::string text;
  for (const auto& [advice, names] : accounts) text += join(names, ", ") + ": " + advice + ".\n";
  const std::string manifests = why_manifests(replies);
  if (manifests.empty()) return text.empty() ? text : "\n" + text;
  return "\n" + text + "A manifest that grants it:\n" + manifests;
}

Json conditions_json(const std::vector<WhyCondition>& conditions) {
  Json json = Json::array();
  for (const WhyCondition& condition : conditions) {
    json.push_back({{"of", to_string(condition.side)}, {"is", condition.text}});
  }
  return json;
}

Json policy_json(const WhyPolicy& judged) {
  const Observed& policy = judged.policy;
  Json delegated = Json::array();
  for (const PolicyId& id : judged.delegated_by) delegated.push_back(id.value);
  return {{"id", policy.id.value},
          {"answer", to_string(judged.answer)},
          {"owner", to_string(judged.owner)},
          {"authorization", report::optional_text(judged.name)},
          {"manifest", judged.position ? report::position_json(*judged.position) : Json()},
          {"template", report::optional_text(policy.template_id)},
          {"createdBy", report::optional_text(policy.created_by.value)},
          {"delegatedBy", std::move(delegated)},
          {"roles", judged.roles},
          {"conditions", conditions_json(judged.conditions)},
          {"source", report::attributes_json(policy.content.subject)},
          {"target", report::attributes_json(policy.content.resource)}};
}

Json policies_json(const std::vector<WhyPolicy>& policies) {
  Json json = Json::array();
  for (const WhyPolicy& judged : policies) json.push_back(policy_json(judged));
  return json;
}

Json missing_json(const WhyReply& reply) {
  if (reply.missing.manifest.empty() && reply.missing.advice.empty()) return {};
  return {{"roles", reply.proposed},
          {"manifest", report::optional_text(reply.missing.manifest)},
          {"advice", report::optional_text(reply.missing.advice)}};
}

Json document_of(std::span<const WhyReply> replies) {
  Json answers = Json::array();
  for (const WhyReply& reply : replies) {
    answers.push_back({{"account", reply.result.account.value},
                       {"accountName", reply.result.name},
                       {"source", report::attributes_json(reply.question.source)},
                       {"target", report::attributes_json(reply.question.target)},
                       {"role", report::optional_text(reply.question.role)},
                       {"answer", to_string(reply.result.answer)},
                       {"policies", policies_json(reply.result.policies)},
                       {"near", policies_json(reply.result.near)},
                       {"mayDelegate", policies_json(reply.result.may_delegate)},
                       {"missing", missing_json(reply)}});
  }
  return {{"formatVersion", kWhyFormatVersion}, {"answers", std::move(answers)}};
}

}  // namespace

std::string why_text(std::span<const WhyReply> replies) {
  std::string text;
  std::vector<const WhyReply*> rest;
  for (const WhyReply& reply : replies) {
    const bool is_shown = replies.size() == 1 || reply.result.answer != WhyAnswer::no ||
                          !reply.result.may_delegate.empty();
    if (is_shown) {
      text += account_text(reply);
    } else {
      rest.push_back(&reply);
    }
  }
  return text + rest_text(rest) + missing_text(replies);
}

std::string why_json(std::span<const WhyReply> replies) {
  return report::dump(document_of(replies), 2) + "\n";
}

std::string why_yaml(std::span<const WhyReply> replies) {
  return report::to_yaml(document_of(replies));
}

std::string why_manifests(std::span<const WhyReply> replies) {
  std::string text;
  std::set<std::string_view> written;
  for (const WhyReply& reply : replies) {
    const std::string& manifest = reply.missing.manifest;
    if (!manifest.empty() && written.insert(manifest).second) text += manifest;
  }
  return text;
}

}  // namespace authzd
