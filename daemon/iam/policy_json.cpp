// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/policy_json.hpp"

#include "daemon/iam/json_reader.hpp"
#include "reconciler/base/encoding.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace authzd {
namespace {

/// The member with the name of an attribute, in v1.
constexpr std::string_view kNameInV1 = "name";
constexpr std::string_view kNameInV2 = "key";

AttributeValue value_from(const Json& json, std::string_view op, Fault& fault) {
  if (const auto* flag = json.get_ptr<const bool*>()) return *flag;
  if (const auto* text = json.get_ptr<const std::string*>()) return attribute_value(*text, op);
  std::vector<std::string> values;
  const auto* elements = json.get_ptr<const Json::array_t*>();
  if (elements == nullptr) fault.add("has an attribute whose value is of no known kind");
  if (elements == nullptr) return values;
  for (const Json& element : *elements) {
    const auto* text = element.get_ptr<const std::string*>();
    if (text == nullptr) fault.add("has an attribute with a list of other things than text");
    if (text != nullptr) values.push_back(*text);
  }
  return values;
}

/// Every member but the `known` ones, under "<path><member>". A blank one is no content: if IAM
/// starts to show an empty member, the policy has not changed.
void add_extras(const Json& json,
                std::string_view path,
                std::initializer_list<std::string_view> known,
                PolicyContent& content) {
  if (!json.is_object()) return;
  for (const auto& [name, value] : json.items()) {
    if (is_blank(value) || std::ranges::find(known, name) != known.end()) continue;
    if (is_for_display(name)) continue;
    content.extras[std::string(path) + name] += canonical_text(value);  // of all with this path
  }
}

/// Appends the attributes in `json[list]`, each name with `prefix` before it.
void add_attributes(const Json& json,
                    std::string_view list,
                    std::string_view name_member,
                    std::string_view prefix,
                    std::vector<Attribute>& attributes,
                    Fault& fault) {
  const Json::array_t* elements = read_array(json, list, fault);
  if (elements == nullptr) return;
  for (const Json& element : *elements) {
    Attribute& attribute = attributes.emplace_back();
    attribute.name = std::string(prefix) + require_text(element, name_member, fault);
    std::string op = read_text(element, "operator", fault);
    if (!op.empty()) attribute.op = std::move(op);
    const Json* value = find_member(element, "value");
    if (value == nullptr) fault.add("has an attribute without a value");
    if (value != nullptr) attribute.value = value_from(*value, attribute.op, fault);
  }
}

/// A condition or a negation in an attribute is content as well.
void add_extras_of_attributes(const Json& side,
                              std::string_view list,
                              std::string_view name_member,
                              std::string_view path,
                              PolicyContent& content) {
  Fault ignored;
  const Json::array_t* elements = read_array(side, list, ignored);
  if (elements == nullptr) return;
  for (const Json& element : *elements) {
    const std::string place =
        std::string(path) + std::string(list) + "." + text_or_empty(element, name_member) + ".";
    add_extras(element, place, {name_member, "operator", "value"}, content);
  }
}

std::vector<Attribute> attributes_of(const Json& side, std::string_view name_member, Fault& fault) {
  std::vector<Attribute> attributes;
  add_attributes(side, "attributes", name_member, "", attributes, fault);
  add_attributes(side, "tags", name_member, "tag:", attributes, fault);
  return attributes;
}

AttributeSet side_from(const Json& side,
                       std::string_view name_member,
                       std::string_view path,
                       PolicyContent& content,
                       Fault& fault) {
  if (!side.is_object()) fault.add("has a subject or a resource that is no object");
  add_extras(side, path, {"attributes", "tags"}, content);
  add_extras_of_attributes(side, "attributes", name_member, path, content);
  add_extras_of_attributes(side, "tags", name_member, path, content);
  return AttributeSet(attributes_of(side, name_member, fault));
}

void add_roles(const Json& json, std::string_view path, Observed& policy, Fault& fault) {
  const Json::array_t* roles = read_array(json, "roles", fault);
  if (roles == nullptr) return;
  for (const Json& role : *roles) {
    std::string crn = require_text(role, "role_id", fault);
    std::string name = text_or_empty(role, "display_name");
    if (!name.empty() && !has_name_of_another(crn, name)) {
      policy.role_names.emplace(crn, std::move(name));
    }
    const std::string place = std::string(path) + "roles." + crn + ".";
    add_extras(role, place, {"role_id", "description", "actions"}, policy.content);
    policy.content.roles.insert(std::move(crn));
  }
}

PolicyState state_from(const Json& json, Fault& fault) {
  const std::string state = read_text(json, "state", fault);
  if (state == "deleted") return PolicyState::deleted;
  if (!state.empty() && state != "active")
    fault.add("has the unknown state '" + printable(state) + "'");
  return PolicyState::active;
}

/// The members with the same names in both versions of the API.
Observed common_from(const Json& json, Fault& fault) {
  Observed policy;
  policy.id = PolicyId(require_text(json, "id", fault));
  policy.content.description = read_text(json, "description", fault);
  policy.state = state_from(json, fault);
  policy.created_by = IamId(read_text(json, "created_by_id", fault));
  policy.created_at = read_text(json, "created_at", fault);
  policy.last_modified_by = IamId(read_text(json, "last_modified_by_id", fault));
  policy.last_modified_at = read_text(json, "last_modified_at", fault);
  policy.last_permit_at = parse_rfc3339(text_or_empty(json, "last_permit_at"));
  if (const Json* made_from = find_member(json, "template")) {
    policy.template_id = text_or_empty(*made_from, "id");
    if (policy.template_id.empty()) policy.template_id = "unnamed";
  }
  return policy;
}

/// Of the other members only these two are content; what else IAM adds to a reply is ignored.
void add_conditions(const Json& json, PolicyContent& content) {
  for (const std::string_view name : {"pattern", "rule"}) {
    const Json* value = find_member(json, name);
    if (value != nullptr && !is_blank(*value)) content.extras.emplace(name, canonical_text(*value));
  }
}

void add_control(const Json& json, Observed& policy, Fault& fault) {
  const Json* control = find_member(json, "control");
  if (control == nullptr) return;
  if (!control->is_object()) fault.add("has a 'control' that is no object");
  add_extras(*control, "control.", {"grant"}, policy.content);
  const Json* grant = find_member(*control, "grant");
  if (grant == nullptr) return;
  add_extras(*grant, "control.grant.", {"roles"}, policy.content);
  add_roles(*grant, "control.grant.", policy, fault);
}

/// v1 has arrays of subjects and resources, of which only one element is supported (iam-api §2.4).
AttributeSet side_from_v1(const Json& json,
                          std::string_view member,
                          PolicyContent& content,
                          Fault& fault) {
  const Json::array_t* sides = read_array(json, member, fault);
  if (sides == nullptr || sides->empty()) return {};
  if (sides->size() > 1) {
    const Json others = Json::array_t(sides->begin() + 1, sides->end());
    content.extras.emplace(member, canonical_text(others));
  }
  const std::string path = std::string(member) + ".";
  return side_from(sides->front(), kNameInV1, path, content, fault);
}

std::string subject_of_error(const Json& json) {
  const std::string id = printable(text_or_empty(json, "id"));
  return id.empty() ? "a policy" : "policy " + id;
}

bool is_of_other_type(const Json& json, Fault& fault) {
  return require_text(json, "type", fault) != "authorization" && !fault.any();
}

}  // namespace

Result<std::optional<Observed>> policy_from_v2(const Json& json) {
  Fault fault;
  if (is_of_other_type(json, fault)) return std::optional<Observed>();

  Observed policy = common_from(json, fault);
  PolicyContent& content = policy.content;
  if (const Json* subject = find_member(json, "subject")) {
    content.subject = side_from(*subject, kNameInV2, "subject.", content, fault);
  }
  if (const Json* resource = find_member(json, "resource")) {
    content.resource = side_from(*resource, kNameInV2, "resource.", content, fault);
  }
  add_control(json, policy, fault);
  add_conditions(json, content);
  if (fault.any()) return fault.error(subject_of_error(json));
  return std::optional(std::move(policy));
}

PolicyLayout layout_from_v2(const Json& json) {
  PolicyLayout layout;
  Fault fault;
  if (const Json* subject = find_member(json, "subject")) {
    layout.subject = attributes_of(*subject, kNameInV2, fault);
  }
  if (const Json* resource = find_member(json, "resource")) {
    layout.resource = attributes_of(*resource, kNameInV2, fault);
  }
  const Json* control = find_member(json, "control");
  const Json* grant = control != nullptr ? find_member(*control, "grant") : nullptr;
  const auto* roles = grant != nullptr ? read_array(*grant, "roles", fault) : nullptr;
  if (roles != nullptr) {
    for (const Json& role : *roles) layout.roles.push_back(require_text(role, "role_id", fault));
  }
  return fault.any() ? PolicyLayout{} : layout;
}

Result<std::optional<Observed>> policy_from_v1(const Json& json) {
  Fault fault;
  if (is_of_other_type(json, fault)) return std::optional<Observed>();

  Observed policy = common_from(json, fault);
  PolicyContent& content = policy.content;
  content.subject = side_from_v1(json, "subjects", content, fault);
  content.resource = side_from_v1(json, "resources", content, fault);
  add_roles(json, "", policy, fault);
  if (fault.any()) return fault.error(subject_of_error(json));
  return std::optional(std::move(policy));
}

bool is_for_display(std::string_view member) {
  return member.starts_with("display");
}

AttributeValue attribute_value(std::string text, std::string_view op) {
  if (op == kStringExists && (text == "true" || text == "false")) return text == "true";
  if (op == kStringEqualsAnyOf || op == kStringMatchAnyOf) return std::vector{std::move(text)};
  return text;
}

bool is_clearly_not_ours(const Json& json) {
  Fault fault;
  const std::string id = require_text(json, "id", fault);
  const std::string type = require_text(json, "type", fault);
  const std::string description = read_text(json, "description", fault);
  return !fault.any() && description.find("(authzd:") == std::string::npos;
}

bool is_v1_placeholder(const Json& json) {
  Fault ignored;
  const Json::array_t* roles = read_array(json, "roles", ignored);
  if (roles == nullptr) return false;
  return std::ranges::any_of(*roles, [](const Json& role) {
    return text_or_empty(role, "role_id").ends_with(":UnsupportedVersion");
  });
}

namespace {

/// The `start` parameter of a link, for a page that gives its successor only by `href`.
std::string start_in_link(std::string_view href) {
  const auto query = href.find('?');
  if (query == std::string_view::npos) return {};
  std::string_view rest = href.substr(query + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    constexpr std::string_view kStart = "start=";
    if (pair.starts_with(kStart)) return percent_decoded(pair.substr(kStart.size()));
  }
  return {};
}

/// There is no next page: the member is empty, or all of its own members are.
bool says_nothing(const Json& next) {
  if (!next.is_object()) return is_blank(next);
  return std::ranges::all_of(next, [](const Json& member) { return is_blank(member); });
}

}  // namespace

std::string next_start_of(const Json& page, Fault& fault) {
  const Json* next = find_member(page, "next");
  if (next == nullptr || says_nothing(*next)) return {};
  const auto* link = next->get_ptr<const std::string*>();
  std::string start = link == nullptr ? read_text(*next, "start", fault) : start_in_link(*link);
  if (start.empty()) start = start_in_link(text_or_empty(*next, "href"));
  if (start.empty()) fault.add("names a next page, but not where it starts");
  return start;
}

}  // namespace authzd
