// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/json_values.hpp"

#include "reconciler/base/text.hpp"

namespace authzd::report {
namespace {

constexpr std::string_view kTagPrefix = "tag:";

Json value_json(const AttributeValue& value) {
  return std::visit([](const auto& held) { return Json(held); }, value);
}

Json attribute_json(const Attribute& attribute, std::string_view name) {
  return {{"key", name}, {"operator", attribute.op}, {"value", value_json(attribute.value)}};
}

AttributeValue read_value(const Json& json) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_array()) return json.get<std::vector<std::string>>();
  return json.get<std::string>();
}

}  // namespace

Json attributes_json(const AttributeSet& attributes) {
  Json list = Json::array();
  for (const Attribute& attribute : attributes.items()) {
    list.push_back(attribute_json(attribute, attribute.name));
  }
  return list;
}

Json content_json(const std::optional<PolicyContent>& content) {
  if (!content) return nullptr;
  Json json;
  json["subject"] = attributes_json(content->subject);
  json["resource"] = attributes_json(content->resource);
  json["roles"] = content->roles;
  json["description"] = content->description;
  json["extras"] = Json::object();
  for (const auto& [name, text] : content->extras) json["extras"][name] = text;
  return json;
}

Json position_json(const SourcePos& position) {
  if (position == SourcePos{}) return nullptr;
  return {{"file", position.file}, {"line", position.line}, {"column", position.column}};
}

Json time_json(const std::optional<Timestamp>& time) {
  return time ? Json(to_rfc3339(*time)) : Json(nullptr);
}

Json optional_text(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json body_json(const std::optional<PolicyContent>& content) {
  if (!content) return nullptr;
  Json resource{{"attributes", Json::array()}};
  for (const Attribute& attribute : content->resource.items()) {
    const std::string_view name = attribute.name;
    const bool is_tag = name.starts_with(kTagPrefix);
    resource[is_tag ? "tags" : "attributes"].push_back(
        attribute_json(attribute, is_tag ? name.substr(kTagPrefix.size()) : name));
  }
  Json roles = Json::array();
  for (const std::string& crn : content->roles) roles.push_back(Json{{"role_id", crn}});

  Json body;
  body["type"] = "authorization";
  if (!content->description.empty()) body["description"] = content->description;
  body["subject"]["attributes"] = attributes_json(content->subject);
  body["resource"] = std::move(resource);
  body["control"]["grant"]["roles"] = std::move(roles);
  return body;
}

std::string dump(const Json& json, int indent) {
  return json_safe(json.dump(indent, ' ', false, Json::error_handler_t::replace));
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

std::optional<Timestamp> read_time(const Json& json) {
  if (json.is_null()) return std::nullopt;
  const auto text = json.get<std::string>();
  const auto time = parse_rfc3339(text);
  if (!time) throw Json::other_error::create(501, "no time: " + text, nullptr);
  return time;
}

SourcePos read_position(const Json& json) {
  if (json.is_null()) return {};
  return {json.at("file"), read_number<int>(json.at("line")), read_number<int>(json.at("column"))};
}

PolicyId read_id(const Json& json) {
  return json.is_null() ? PolicyId{} : PolicyId{json.get<std::string>()};
}

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

Json commit_json(const Commit& commit) {
  if (!commit.is_known()) return {};
  return {{"id", commit.id},
          {"author", commit.author},
          {"subject", commit.subject},
          {"authored", commit.authored > Timestamp{} ? Json(to_rfc3339(commit.authored)) : Json()},
          {"link", commit.link}};
}

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

Json rationale_json(const Rationale& rationale) {
  if (is_empty(rationale)) return nullptr;
  return {{"owner", optional_text(rationale.owner)},
          {"reason", optional_text(rationale.reason)},
          {"ticket", optional_text(rationale.ticket)},
          {"reviewBy", time_json(rationale.review_by)}};
}

Rationale read_rationale(const Json& json) {
  if (json.is_null()) return {};
  const auto text = [&json](const char* name) {
    const Json& value = json.at(name);
    return value.is_null() ? std::string() : value.get<std::string>();
  };
  return {text("owner"), text("reason"), text("ticket"), read_time(json.at("reviewBy"))};
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
