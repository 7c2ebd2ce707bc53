// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/policy_codec.hpp"

#include "daemon/iam/json_reader.hpp"
#include "daemon/iam/next_page.hpp"
#include "daemon/iam/policy_json.hpp"
#include "reconciler/base/text.hpp"

#include <utility>

namespace authzd {
namespace {

Error not_json(std::string_view body) {
  return Error{ErrorCode::bad_response,
               "the reply " + describe_non_json(body) +
                   "; check that the endpoint is IAM's and that no proxy answers in its place"};
}

Json attributes_to_json(const AttributeSet& set, bool tags) {
  constexpr std::string_view kTag = "tag:";
  Json list = Json::array();
  for (const Attribute& attribute : set.items()) {
    if (attribute.name.starts_with(kTag) != tags) continue;
    Json json = Json::object();
    json.emplace("key", attribute.name.substr(tags ? kTag.size() : 0));
    json.emplace("operator", attribute.op);
    std::visit([&json](const auto& value) { json.emplace("value", value); }, attribute.value);
    list.push_back(std::move(json));
  }
  return list;
}

Json side_to_json(const AttributeSet& set) {
  Json side = Json::object();
  side.emplace("attributes", attributes_to_json(set, false));
  Json tags = attributes_to_json(set, true);
  if (!tags.empty()) side.emplace("tags", std::move(tags));
  return side;
}

std::vector<Role> roles_from(const Json& json, std::string_view list, Fault& fault) {
  std::vector<Role> roles;
  const Json::array_t* elements = read_array(json, list, fault);
  if (elements == nullptr) return roles;
  for (const Json& element : *elements) {
    std::string crn = require_text(element, "crn", fault);
    std::string name = require_text(element, "display_name", fault);
    roles.push_back(Role{std::move(crn), std::move(name)});
  }
  return roles;
}

}  // namespace

std::string describe_non_json(std::string_view body) {
  const std::string_view text = trim(body);
  if (text.empty()) return "is empty";
  if (text.starts_with('<')) return "is a web page, not JSON";
  return "is not JSON";
}

Result<PolicyPage> decode_policy_page(std::string_view body) {
  PolicyPage page;
  std::optional<Error> error;
  std::size_t number = 0;
  const auto take = [&](const Json& element) {
    ++number;
    if (error) return;
    Result<std::optional<Observed>> policy = policy_from_v2(element);
    if (!policy && is_clearly_not_ours(element)) {
      page.unreadable.push_back(policy.error().message);
    } else if (!policy) {
      const std::string where = "reading policy number " + std::to_string(number) + " of a page";
      error = std::move(policy).error().context(where);
    } else if (*policy) {
      page.policies.push_back(std::move(**policy));
    }
  };
  const std::optional<Json> json = parse_json_streaming(body, "policies", take);
  if (!json) return not_json(body);
  if (error) return *std::move(error);

  Fault fault;
  const Json::array_t* rest = read_array(*json, "policies", fault);
  if (rest == nullptr) fault.add("has no list of policies");
  if (rest != nullptr && !rest->empty()) fault.add("lists a policy that is no object");
  page.next_start = next_start_of(*json, fault);
  if (fault.any()) return fault.error("the reply");
  return page;
}

Result<Observed> decode_policy(std::string_view body) {
  const std::optional<Json> json = parse_json(body);
  if (!json) return not_json(body);
  Result<std::optional<Observed>> policy = policy_from_v2(*json);
  if (!policy) return std::move(policy).error();
  if (!*policy) return Error{ErrorCode::bad_response, "the policy is no authorization"};
  return std::move(**policy);
}

Result<std::optional<Observed>> decode_policy_v1(std::string_view body) {
  const std::optional<Json> json = parse_json(body);
  if (!json) return not_json(body);
  if (is_v1_placeholder(*json)) return std::optional<Observed>();
  Result<std::optional<Observed>> policy = policy_from_v1(*json);
  if (policy && !*policy) {
    return Error{ErrorCode::bad_response, "the policy is no authorization"};
  }
  return policy;
}

std::string encode_policy(const PolicyContent& content) {
  Json roles = Json::array();
  for (const std::string& crn : content.roles) {
    Json role = Json::object();
    role.emplace("role_id", crn);
    roles.push_back(std::move(role));
  }
  Json grant = Json::object();
  grant.emplace("roles", std::move(roles));
  Json control = Json::object();
  control.emplace("grant", std::move(grant));

  Json body = Json::object();
  body.emplace("type", "authorization");
  body.emplace("description", content.description);
  body.emplace("subject", side_to_json(content.subject));
  body.emplace("resource", side_to_json(content.resource));
  body.emplace("control", std::move(control));
  return canonical_text(body);
}

Result<RoleTable> decode_roles(std::string_view body) {
  const std::optional<Json> json = parse_json(body);
  if (!json) return not_json(body);
  Fault fault;
  if (!json->is_object()) fault.add("is no object");
  RoleTable table;
  table.service = roles_from(*json, "service_roles", fault);
  table.system = roles_from(*json, "system_roles", fault);
  table.custom = roles_from(*json, "custom_roles", fault);
  if (fault.any()) return fault.error("the list of roles");
  return table;
}

}  // namespace authzd
