// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/quick_policy.hpp"

#include "daemon/iam/policy_json.hpp"

#include <array>
#include <cstddef>
#include <simdjson.h>
#include <string>
#include <utility>
#include <vector>

namespace authzd {
namespace {

using QuickValue = simdjson::dom::element;
using QuickObject = simdjson::dom::object;
using QuickArray = simdjson::dom::array;

/// IAM's policies are smaller, and the parser needs some ten times that in memory.
constexpr std::size_t kLargestPolicy = 65'536;

constexpr std::size_t kUsualPolicy = 4'096;

/// Less than in parse_json.
constexpr std::size_t kQuickDepth = 32;

/// The members that an object may have, and which of them were found: the thorough way uses the
/// last of two members with the same name.
template <std::size_t kCount>
class Members {
 public:
  explicit Members(const std::array<std::string_view, kCount>& names) : names_(names) {}

  /// The index of the name, kCount if it is none of them. False: it was found before.
  bool find(std::string_view name, std::size_t& number) {
    number = 0;
    while (number < kCount && names_[number] != name) ++number;
    if (number == kCount) return true;
    return !std::exchange(was_there_[number], true);
  }

 private:
  const std::array<std::string_view, kCount>& names_;
  std::array<bool, kCount> was_there_ = {};
};

/// A text, or null, which counts as a missing member.
bool take(const QuickValue& value, std::string& text) {
  std::string_view found;
  if (value.get(found) != simdjson::SUCCESS) return value.is_null();
  text = found;
  return true;
}

/// As is_blank of parsed JSON.
bool is_blank(const QuickValue& value) {
  std::string_view text;
  QuickObject object;
  QuickArray array;
  if (value.get(text) == simdjson::SUCCESS) return text.empty();
  if (value.get(object) == simdjson::SUCCESS) return object.begin() == object.end();
  if (value.get(array) == simdjson::SUCCESS) return array.begin() == array.end();
  return value.is_null();
}

bool take(const QuickValue& json, std::string_view op, AttributeValue& value) {
  std::string_view text;
  bool flag = false;
  QuickArray list;
  if (json.get(text) == simdjson::SUCCESS) {
    value = attribute_value(std::string(text), op);
    return true;
  }
  if (json.get(flag) == simdjson::SUCCESS) {
    value = flag;
    return true;
  }
  if (json.get(list) != simdjson::SUCCESS) return false;
  std::vector<std::string> values;
  for (const QuickValue element : list) {
    if (element.get(text) != simdjson::SUCCESS) return false;
    values.emplace_back(text);
  }
  value = std::move(values);
  return true;
}

/// As the thorough way sees it.
bool may_be_content(std::string_view name, const QuickValue& value) {
  return !is_for_display(name) && !is_blank(value);
}

/// Each name with `prefix` before it.
bool take_attribute(const QuickValue& json, std::string_view prefix, Attribute& attribute) {
  static constexpr std::array<std::string_view, 3> kNames{"key", "operator", "value"};
  QuickObject object;
  if (json.get(object) != simdjson::SUCCESS) return false;
  Members members(kNames);
  std::string name;
  std::string op;
  QuickValue value;
  bool has_value = false;
  for (const auto field : object) {
    std::size_t number = 0;
    if (!members.find(field.key, number)) return false;
    if (number == 0 && !take(field.value, name)) return false;
    if (number == 1 && !take(field.value, op)) return false;
    if (number == 2) value = field.value;
    if (number == kNames.size() && may_be_content(field.key, field.value)) return false;
    has_value = has_value || number == 2;
  }
  if (name.empty() || !has_value) return false;
  attribute.name = std::string(prefix) + name;
  if (!op.empty()) attribute.op = std::move(op);
  return take(value, attribute.op, attribute.value);
}

bool take_attributes(const QuickValue& json,
                     std::string_view prefix,
                     std::vector<Attribute>& attributes) {
  QuickArray list;
  if (json.get(list) != simdjson::SUCCESS) return json.is_null();
  for (const QuickValue element : list) {
    if (!take_attribute(element, prefix, attributes.emplace_back())) return false;
  }
  return true;
}

bool take(const QuickValue& json, AttributeSet& side) {
  static constexpr std::array<std::string_view, 2> kNames{"attributes", "tags"};
  if (json.is_null()) return true;
  QuickObject object;
  if (json.get(object) != simdjson::SUCCESS) return false;
  Members members(kNames);
  std::vector<Attribute> attributes;
  std::vector<Attribute> tags;
  for (const auto field : object) {
    std::size_t number = 0;
    if (!members.find(field.key, number)) return false;
    if (number == 0 && !take_attributes(field.value, "", attributes)) return false;
    if (number == 1 && !take_attributes(field.value, "tag:", tags)) return false;
    if (number == kNames.size() && !is_blank(field.value)) return false;
  }
  for (Attribute& tag : tags) attributes.push_back(std::move(tag));
  side = AttributeSet(std::move(attributes));
  return true;
}

bool take_role(const QuickValue& json, Observed& policy) {
  static constexpr std::array<std::string_view, 4> kNames{
      "role_id", "display_name", "description", "actions"};
  QuickObject object;
  if (json.get(object) != simdjson::SUCCESS) return false;
  Members members(kNames);
  std::string crn;
  std::string name;
  for (const auto field : object) {
    std::size_t number = 0;
    if (!members.find(field.key, number)) return false;
    if (number == 0 && !take(field.value, crn)) return false;
    if (number == 1 && !take(field.value, name)) return false;
    if (number == kNames.size() && may_be_content(field.key, field.value)) return false;
  }
  if (crn.empty()) return false;
  if (!name.empty() && !has_name_of_another(crn, name)) {
    policy.role_names.emplace(crn, std::move(name));
  }
  policy.content.roles.insert(std::move(crn));
  return true;
}

/// The only non-blank member of an object; false if another one is not blank.
bool take_only(const QuickValue& json, std::string_view name, std::optional<QuickValue>& value) {
  QuickObject object;
  if (json.get(object) != simdjson::SUCCESS) return json.is_null();
  for (const auto field : object) {
    const bool is_it = field.key == name;
    if (is_it && value) return false;
    if (is_it) value = field.value;
    if (!is_it && !is_blank(field.value)) return false;
  }
  return true;
}

bool take_control(const QuickValue& control, Observed& policy) {
  std::optional<QuickValue> grant;
  if (!take_only(control, "grant", grant)) return false;
  std::optional<QuickValue> roles;
  if (grant && !take_only(*grant, "roles", roles)) return false;
  if (!roles || roles->is_null()) return true;
  QuickArray list;
  if (roles->get(list) != simdjson::SUCCESS) return false;
  for (const QuickValue role : list) {
    if (!take_role(role, policy)) return false;
  }
  return true;
}

struct QuickTexts {
  std::string type;
  std::string state;
  std::string last_permit_at;
};

enum class PolicyMember : std::size_t {
  id,
  type,
  description,
  state,
  created_by_id,
  created_at,
  last_modified_by_id,
  last_modified_at,
  last_permit_at,
  subject,
  resource,
  control,
  made_from,
  pattern,
  rule,
  other,
};

constexpr std::array<std::string_view, 15> kPolicyMembers{"id",
                                                          "type",
                                                          "description",
                                                          "state",
                                                          "created_by_id",
                                                          "created_at",
                                                          "last_modified_by_id",
                                                          "last_modified_at",
                                                          "last_permit_at",
                                                          "subject",
                                                          "resource",
                                                          "control",
                                                          "template",
                                                          "pattern",
                                                          "rule"};

bool take_member(PolicyMember member,
                 const QuickValue& value,
                 Observed& policy,
                 QuickTexts& texts) {
  switch (member) {
    case PolicyMember::id: return take(value, policy.id.value);
    case PolicyMember::type: return take(value, texts.type);
    case PolicyMember::description: return take(value, policy.content.description);
    case PolicyMember::state: return take(value, texts.state);
    case PolicyMember::created_by_id: return take(value, policy.created_by.value);
    case PolicyMember::created_at: return take(value, policy.created_at);
    case PolicyMember::last_modified_by_id: return take(value, policy.last_modified_by.value);
    case PolicyMember::last_modified_at: return take(value, policy.last_modified_at);
    case PolicyMember::last_permit_at: return take(value, texts.last_permit_at);
    case PolicyMember::subject: return take(value, policy.content.subject);
    case PolicyMember::resource: return take(value, policy.content.resource);
    case PolicyMember::control: return take_control(value, policy);
    case PolicyMember::made_from: return value.is_null();
    case PolicyMember::pattern:
    case PolicyMember::rule: return is_blank(value);
    case PolicyMember::other: return true;
  }
  return false;
}

bool take_policy(const QuickObject& object, Observed& policy) {
  Members members(kPolicyMembers);
  QuickTexts texts;
  for (const auto field : object) {
    std::size_t number = 0;
    if (!members.find(field.key, number)) return false;
    if (!take_member(static_cast<PolicyMember>(number), field.value, policy, texts)) return false;
  }
  if (policy.id.empty() || texts.type != "authorization") return false;
  if (texts.state == "deleted") policy.state = PolicyState::deleted;
  policy.last_permit_at = parse_rfc3339(texts.last_permit_at);
  return texts.state.empty() || texts.state == "active" || texts.state == "deleted";
}

}  // namespace

struct QuickPolicies::Parser {
  simdjson::dom::parser parser{kLargestPolicy};
};

QuickPolicies::QuickPolicies() : parser_(std::make_unique<Parser>()) {
  // Without memory for it, the quick way reads nothing.
  if (parser_->parser.allocate(kUsualPolicy, kQuickDepth) != simdjson::SUCCESS) parser_.reset();
}

QuickPolicies::~QuickPolicies() = default;

std::optional<Observed> QuickPolicies::read(std::string_view json) {
  if (parser_ == nullptr || json.size() > kLargestPolicy) return std::nullopt;
  QuickObject object;
  if (parser_->parser.parse(json.data(), json.size()).get(object) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  Observed policy;
  if (!take_policy(object, policy)) return std::nullopt;
  return policy;
}

}  // namespace authzd
