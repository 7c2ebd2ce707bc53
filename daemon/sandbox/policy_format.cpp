// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/sandbox/policy_format.hpp"

#include "reconciler/base/time.hpp"

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <utility>

namespace authzd::sandbox {

namespace {

// Whether attributes have an operator: v1 subjects do not, v1 resources may, v2 must.
enum class OperatorRule { none, optional, required };

struct AttrShape {
  std::string_view name;
  OperatorRule op;
};

Outcome<Attr> decode_attr(const Json& json, AttrShape shape) {
  Attr attr;
  attr.name = text_of(json, shape.name);
  const Json* value = member(json, "value");
  if (attr.name.empty() || value == nullptr) return refuse_body();

  attr.value = *value;
  const Json* op = member(json, "operator");
  if (op == nullptr) {
    if (shape.op == OperatorRule::required) return refuse_body();
    return attr;
  }
  if (!op->is_string() || shape.op == OperatorRule::none) return refuse_body();

  attr.op = op->get<std::string>();
  return attr;
}

Outcome<std::vector<Attr>> decode_attrs(const Json* list, AttrShape shape) {
  std::vector<Attr> attrs;
  if (list == nullptr) return attrs;
  if (!list->is_array()) return refuse_body();

  for (const Json& each : *list) {
    auto attr = decode_attr(each, shape);
    if (!attr) return tl::unexpected(std::move(attr).error());
    attrs.push_back(std::move(*attr));
  }
  return attrs;
}

Outcome<std::vector<std::string>> decode_roles(const Json* list) {
  std::vector<std::string> roles;
  if (list == nullptr || !list->is_array() || list->empty()) return refuse_body();

  for (const Json& each : *list) {
    roles.push_back(text_of(each, "role_id"));
    if (roles.back().empty()) return refuse_body();
  }
  return roles;
}

// v1 wraps each side in a list of exactly one.
const Json* only_one(const Json& body, std::string_view name) {
  const Json* list = member(body, name);
  return list != nullptr && list->is_array() && list->size() == 1 ? &list->front() : nullptr;
}

struct Sides {
  const Json* subject = nullptr;
  const Json* resource = nullptr;
  const Json* roles = nullptr;
};

Sides sides_of(const Json& body, ApiVersion version) {
  if (version == ApiVersion::v1) {
    return {only_one(body, "subjects"), only_one(body, "resources"), member(body, "roles")};
  }
  Sides sides{member(body, "subject"), member(body, "resource"), nullptr};
  const Json* control = member(body, "control");
  const Json* grant = control != nullptr ? member(*control, "grant") : nullptr;
  sides.roles = grant != nullptr ? member(*grant, "roles") : nullptr;
  return sides;
}

Outcome<void> decode_sides(const Sides& sides, PolicyBody& body) {
  const bool v1 = body.version == ApiVersion::v1;
  const AttrShape subject_shape{v1 ? "name" : "key",
                                v1 ? OperatorRule::none : OperatorRule::required};
  const AttrShape resource_shape{v1 ? "name" : "key",
                                 v1 ? OperatorRule::optional : OperatorRule::required};
  auto subject = decode_attrs(member(*sides.subject, "attributes"), subject_shape);
  auto resource = decode_attrs(member(*sides.resource, "attributes"), resource_shape);
  // Tags are {name, value, operator} in v1 and {key, value, operator} in v2.
  auto tags = decode_attrs(member(*sides.resource, "tags"), resource_shape);
  auto roles = decode_roles(sides.roles);
  if (!subject) return tl::unexpected(std::move(subject).error());
  if (!resource) return tl::unexpected(std::move(resource).error());
  if (!tags) return tl::unexpected(std::move(tags).error());
  if (!roles) return tl::unexpected(std::move(roles).error());

  body.subject = std::move(*subject);
  body.resource = std::move(*resource);
  body.tags = std::move(*tags);
  body.roles = std::move(*roles);
  return {};
}

}  // namespace

ApiVersion version_of(const Json& body) {
  return member(body, "subjects") != nullptr ? ApiVersion::v1 : ApiVersion::v2;
}

Outcome<PolicyBody> decode_policy(const Json& json, ApiVersion version) {
  PolicyBody body;
  body.version = version;
  body.type = text_of(json, "type");
  const Sides sides = sides_of(json, version);
  if (body.type.empty() || sides.subject == nullptr || sides.resource == nullptr) {
    return refuse_body();
  }
  if (auto done = decode_sides(sides, body); !done) return tl::unexpected(std::move(done).error());

  if (const Json* description = member(json, "description")) {
    if (!description->is_string()) return refuse_body();
    body.description = description->get<std::string>();
  }
  if (const Json* rule = member(json, "rule")) body.rule = *rule;
  if (const Json* pattern = member(json, "pattern")) body.pattern = *pattern;
  return body;
}

namespace {

constexpr std::string_view kPlaceholder =
    "**This is a unsupported policy version placeholder, to view the full content, please call GET "
    "with provided href**";

Json v1_attrs(const std::vector<Attr>& attrs, bool operators, const Switches& switches) {
  Json list = Json::array();
  for (const Attr& attr : attrs) {
    Json each = {{"name", attr.name}, {"value", attr.value}};
    if (operators && attr.op) each["operator"] = *attr.op;
    if (operators && !attr.op && switches.is(Switch::v1_operator, "filled")) {
      each["operator"] = "stringEquals";
    }
    list.push_back(std::move(each));
  }
  return list;
}

// A v1 attribute that v2 shows; v1's "*" may mean "any" (switch v1-star).
Json v2_attr(const Attr& attr, bool star_is_any) {
  if (star_is_any && operator_of(attr) == "stringEquals" && attr.value == Json("*")) {
    return {{"key", attr.name}, {"operator", "stringExists"}, {"value", true}};
  }
  return {{"key", attr.name}, {"operator", operator_of(attr)}, {"value", attr.value}};
}

Json v2_attrs(const PolicyBody& body, const std::vector<Attr>& attrs, const Switches& switches) {
  const bool star = body.version == ApiVersion::v1 && switches.is(Switch::v1_star, "exists");
  Json list = Json::array();
  for (const Attr& attr : attrs) list.push_back(v2_attr(attr, star));
  return list;
}

Json v1_roles(const PolicyBody& body, const ViewOptions& options) {
  Json list = Json::array();
  for (const std::string& crn : body.roles) {
    const Json known = options.role ? options.role(crn) : Json();
    const std::string name = text_of(known, "display_name");
    list.push_back({{"role_id", crn},
                    {"display_name", name.empty() ? crn.substr(crn.rfind(':') + 1) : name},
                    {"description", text_of(known, "description")}});
  }
  return list;
}

Json v2_roles(const PolicyBody& body, const ViewOptions& options) {
  Json list = Json::array();
  for (const std::string& crn : body.roles) {
    Json each = {{"role_id", crn}};
    const Json known = options.display && options.role ? options.role(crn) : Json();
    if (!known.is_null()) {
      each["display_name"] = text_of(known, "display_name");
      each["description"] = text_of(known, "description");
      each["actions"] = Json::array();
      for (const Json& action : known.at("actions")) {
        each["actions"].push_back({{"id", action}, {"display_name", action}, {"description", ""}});
      }
    }
    list.push_back(std::move(each));
  }
  return list;
}

void add_tail(Json& json,
              const Policy& policy,
              const std::string& href,
              const ViewOptions& options,
              const Switches& switches) {
  json["href"] = href;
  json["created_at"] = iam_time(policy.created_at);
  json["created_by_id"] = policy.created_by;
  json["last_modified_at"] = iam_time(policy.modified_at);
  json["last_modified_by_id"] = policy.modified_by;
  json["state"] = policy.deleted ? "deleted" : "active";
  if (!policy.made_from.is_null()) json["template"] = policy.made_from;
  const bool shown =
      policy.body.type != "authorization" || switches.is(Switch::last_permit, "shown");
  if (!options.last_permit || !shown) return;

  // null and 0: never, according to IAM's count (iam-api §2.5).
  json["last_permit_at"] =
      policy.last_permit_at ? Json(iam_time(*policy.last_permit_at)) : Json(nullptr);
  json["last_permit_frequency"] = policy.last_permit_frequency.value_or(0);
}

Json view_placeholder(const Policy& policy) {
  Json json = {{"id", policy.id}, {"type", policy.body.type}, {"description", kPlaceholder}};
  const Json subject = {{"name", "iam_id"}, {"value", "unsupported version"}};
  const Json account = {
      {"name", "accountId"}, {"value", policy.account}, {"operator", "stringEquals"}};
  json["subjects"] = Json::array({{{"attributes", Json::array({subject})}}});
  json["roles"] = Json::array({{{"role_id", "crn:v1:bluemix:public:iam::::role:UnsupportedVersion"},
                                {"display_name", "Unsupported Version"},
                                {"description", "Unsupported Version"}}});
  json["resources"] = Json::array({{{"attributes", Json::array({account})}}});
  return json;
}

Json view_v1(const Policy& policy, const ViewOptions& options, const Switches& switches) {
  const PolicyBody& body = policy.body;
  Json json = {{"id", policy.id}, {"type", body.type}};
  if (body.description) json["description"] = *body.description;
  json["subjects"] = Json::array({{{"attributes", v1_attrs(body.subject, false, switches)}}});
  json["roles"] = v1_roles(body, options);
  Json resource = {{"attributes", v1_attrs(body.resource, true, switches)}};
  if (!body.tags.empty()) resource["tags"] = v1_attrs(body.tags, true, switches);
  json["resources"] = Json::array({std::move(resource)});
  return json;
}

Json view_v2(const Policy& policy, const ViewOptions& options, const Switches& switches) {
  const PolicyBody& body = policy.body;
  Json json = {{"type", body.type}};
  if (body.description) json["description"] = *body.description;
  json["subject"] = {{"attributes", v2_attrs(body, body.subject, switches)}};
  json["resource"] = {{"attributes", v2_attrs(body, body.resource, switches)}};
  if (!body.tags.empty()) json["resource"]["tags"] = v2_attrs(body, body.tags, switches);
  json["control"] = {{"grant", {{"roles", v2_roles(body, options)}}}};
  if (!body.rule.is_null()) json["rule"] = body.rule;
  if (!body.pattern.is_null()) json["pattern"] = body.pattern;
  json["id"] = policy.id;
  return json;
}

bool is_placeholder(const Policy& policy, const ViewOptions& options, const Switches& switches) {
  if (options.version != ApiVersion::v1) return false;
  const bool all = switches.is(Switch::v1_of_v2, "all") && policy.body.version == ApiVersion::v2;
  return all || !fits_v1(policy.body);
}

}  // namespace

bool fits_v1(const PolicyBody& body) {
  const auto equals = [](const Attr& attr) { return operator_of(attr) == "stringEquals"; };
  const auto matches = [](const Attr& attr) {
    return operator_of(attr) == "stringEquals" || operator_of(attr) == "stringMatch";
  };
  return std::all_of(body.subject.begin(), body.subject.end(), equals) &&
         std::all_of(body.resource.begin(), body.resource.end(), matches) && body.rule.is_null() &&
         body.pattern.is_null();
}

std::string iam_time(Timestamp time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(time - seconds).count();
  std::string text = to_rfc3339(seconds);
  text.pop_back();
  const std::string digits = std::to_string(1000 + rest);
  return text + "." + digits.substr(1) + "Z";
}

Json view_policy(const Policy& policy, const ViewOptions& options, const Switches& switches) {
  const bool placeholder = is_placeholder(policy, options, switches);
  Json json = placeholder                         ? view_placeholder(policy)
              : options.version == ApiVersion::v1 ? view_v1(policy, options, switches)
                                                  : view_v2(policy, options, switches);
  const bool v2_href = placeholder || (policy.body.version == ApiVersion::v2 &&
                                       switches.is(Switch::href_of_v2, "v2"));
  const std::string href =
      options.base_url + (v2_href ? "/v2/policies/" : "/v1/policies/") + policy.id;
  add_tail(json, policy, href, options, switches);
  return json;
}

}  // namespace authzd::sandbox
