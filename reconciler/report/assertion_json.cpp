// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/json_values.hpp"

namespace authzd::report {
namespace {

Json finding_json(const AssertionFinding& finding) {
  Json json;
  json["verdict"] = to_string(finding.verdict);
  json["rule"] = to_string(finding.rule);
  json["pattern"] = finding.pattern_text;
  json["patternPosition"] = position_json(finding.pattern);
  json["policyId"] = optional_text(finding.id.value);
  json["createdBy"] = optional_text(finding.author.value);
  json["position"] = position_json(finding.grant);
  json["policy"] = content_json(finding.content);
  return json;
}

AssertionFinding read_finding(const Json& json) {
  AssertionFinding finding;
  finding.verdict = read_word(json.at("verdict"), Verdict::undecided);
  finding.rule = read_word(json.at("rule"), AssertionRule::only);
  finding.pattern_text = json.at("pattern");
  finding.pattern = read_position(json.at("patternPosition"));
  finding.id = read_id(json.at("policyId"));
  finding.author = IamId{read_id(json.at("createdBy")).value};
  finding.grant = read_position(json.at("position"));
  finding.content = read_content(json.at("policy"));
  return finding;
}

}  // namespace

Json assertion_json(const AssertionResult& result) {
  Json json;
  json["name"] = result.name;
  json["position"] = position_json(result.position);
  json["verdict"] = to_string(result.verdict);
  json["violations"] = result.violations;
  json["undecided"] = result.undecided;
  json["findings"] = Json::array();
  for (const AssertionFinding& finding : result.findings) {
    json["findings"].push_back(finding_json(finding));
  }
  return json;
}

Json assertion_change_json(const AssertionChange& change) {
  return {{"name", change.name}, {"removed", change.is_removed}};
}

AssertionResult read_assertion(const Json& json) {
  AssertionResult result;
  result.name = json.at("name");
  result.position = read_position(json.at("position"));
  result.verdict = read_word(json.at("verdict"), Verdict::undecided);
  result.violations = read_number<std::size_t>(json.at("violations"));
  result.undecided = read_number<std::size_t>(json.at("undecided"));
  for (const Json& finding : json.at("findings")) result.findings.push_back(read_finding(finding));
  return result;
}

AssertionChange read_assertion_change(const Json& json) {
  return {json.at("name").get<std::string>(), json.at("removed").get<bool>()};
}

}  // namespace authzd::report
