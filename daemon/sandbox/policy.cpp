// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/sandbox/policy.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <utility>

namespace authzd::sandbox {
namespace {

std::string side_key(const std::vector<Attr>& attrs) {
  std::vector<std::string> parts;
  for (const Attr& attr : attrs) {
    Json value = attr.value;
    if (value.is_array()) std::sort(value.begin(), value.end());
    parts.push_back(dump(Json::array({attr.name, operator_of(attr), value})));
  }
  std::sort(parts.begin(), parts.end());
  return dump(Json(parts));
}

}  // namespace

const Attr* find_attr(const std::vector<Attr>& attrs, std::string_view name) {
  const auto found =
      std::find_if(attrs.begin(), attrs.end(), [&](const Attr& attr) { return attr.name == name; });
  return found == attrs.end() ? nullptr : &*found;
}

std::string attr_text(const std::vector<Attr>& attrs, std::string_view name) {
  const Attr* found = find_attr(attrs, name);
  return found != nullptr && found->value.is_string() ? found->value.get<std::string>()
                                                      : std::string();
}

std::string duplicate_key(const PolicyBody& body) {
  std::string key = body.type + side_key(body.subject) + side_key(body.resource);
  // Access policies also differ by parts that authorizations lack.
  if (!body.tags.empty()) key += side_key(body.tags);
  if (!body.rule.is_null()) key += dump(body.rule);
  return key;
}

namespace {

using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 7> kSubjectNames{"serviceName",
                                                        "serviceInstance",
                                                        "region",
                                                        "resourceType",
                                                        "resource",
                                                        "accountId",
                                                        "resourceGroupId"};
constexpr std::array<std::string_view, 2> kAccessSubjects{"iam_id", "access_group_id"};
constexpr std::array<std::string_view, 1> kV1Subject{"stringEquals"};
constexpr std::array<std::string_view, 2> kV1Resource{"stringEquals", "stringMatch"};
constexpr std::array<std::string_view, 2> kV2Subject{"stringEquals", "stringExists"};
constexpr std::array<std::string_view, 5> kV2Resource{
    "stringEquals", "stringExists", "stringMatch", "stringEqualsAnyOf", "stringMatchAnyOf"};
constexpr std::size_t kMaxValue = 1000;
constexpr std::size_t kMaxAnyOf = 10;

bool contains(Names names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_value(const Json& value) {
  if (!value.is_string()) return false;
  const std::string text = value.get<std::string>();
  const auto characters = std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned>(c) & 0xC0U) != 0x80U; });
  return characters >= 1 && static_cast<std::size_t>(characters) <= kMaxValue;
}

bool value_fits(const Attr& attr) {
  const std::string_view op = operator_of(attr);
  if (op == "stringExists") return attr.value.is_boolean();
  if (!op.ends_with("AnyOf")) return is_value(attr.value);
  return attr.value.is_array() && !attr.value.empty() && attr.value.size() <= kMaxAnyOf &&
         std::all_of(attr.value.begin(), attr.value.end(), is_value);
}

Outcome<void> check_once(const std::vector<Attr>& attrs, const std::string& side) {
  std::set<std::string> seen;
  std::vector<std::string> repeated;
  for (const Attr& attr : attrs) {
    const bool known = std::find(repeated.begin(), repeated.end(), attr.name) != repeated.end();
    if (!seen.insert(attr.name).second && !known) repeated.push_back(attr.name);
  }
  if (repeated.empty()) return {};
  return refuse_body("The following " + side +
                     " attribute(s) had multiple entries: " + join(repeated, ", "));
}

Outcome<void> check_attrs(const std::vector<Attr>& attrs,
                          const std::string& side,
                          Names operators) {
  if (auto once = check_once(attrs, side); !once) return once;

  for (const Attr& attr : attrs) {
    if (!contains(operators, operator_of(attr))) {
      return refuse_body("The operator " + std::string(operator_of(attr)) + " of the " + side +
                         " attribute " + attr.name + " is not supported.");
    }
    if (!value_fits(attr)) {
      return refuse_body("The value of the " + side + " attribute " + attr.name + " is not valid.");
    }
  }
  return {};
}

bool is_account(const Attr* attr) {
  if (attr == nullptr || operator_of(*attr) != "stringEquals" || !attr->value.is_string()) {
    return false;
  }
  const std::string id = attr->value.get<std::string>();
  return id.size() == 32 && id.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Outcome<void> check_authorization(const PolicyBody& body) {
  for (const Attr& attr : body.subject) {
    if (!contains(kSubjectNames, attr.name)) {
      return refuse_body("The subject attribute " + attr.name + " is not supported.");
    }
  }
  const bool named = find_attr(body.subject, "serviceName") != nullptr ||
                     find_attr(body.subject, "resourceGroupId") != nullptr;
  if (!named || !is_account(find_attr(body.subject, "accountId")) || !body.rule.is_null() ||
      !body.pattern.is_null()) {
    return refuse_body();
  }
  return {};
}

Outcome<void> check_access(const PolicyBody& body) {
  const bool fits = body.subject.size() == 1 && contains(kAccessSubjects, body.subject[0].name);
  if (!fits) return refuse_body();
  return {};
}

}  // namespace

Outcome<void> check_policy(const PolicyBody& body, const Switches& switches) {
  const bool v1 = body.version == ApiVersion::v1;
  if (auto done = check_attrs(body.subject, "subject", v1 ? Names(kV1Subject) : Names(kV2Subject));
      !done) {
    return done;
  }
  if (auto done =
          check_attrs(body.resource, "resource", v1 ? Names(kV1Resource) : Names(kV2Resource));
      !done) {
    return done;
  }
  if (!is_account(find_attr(body.resource, "accountId"))) return refuse_body();

  const int limit = switches.number(Switch::description_limit);
  if (limit > 0 && body.description && body.description->size() > static_cast<std::size_t>(limit)) {
    return refuse_body("The description is longer than " + std::to_string(limit) + " characters.");
  }
  if (body.type == "authorization") return check_authorization(body);
  if (body.type == "access") return check_access(body);
  return refuse_body("The policy type is not supported.");
}

std::string role_service(const PolicyBody& body) {
  std::string service = attr_text(body.resource, "serviceName");
  if (service.empty()) service = attr_text(body.resource, "service_group_id");
  return service.empty() && body.type == "authorization" ? "resource-controller" : service;
}

}  // namespace authzd::sandbox
