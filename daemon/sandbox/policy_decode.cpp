// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/sandbox/policy_decode.hpp"

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

}  // namespace authzd::sandbox
