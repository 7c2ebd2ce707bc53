// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/manifest_yaml.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/base/unicode.hpp"
#include "reconciler/model/attribute.hpp"
#include "reconciler/model/instance.hpp"
#include "reconciler/model/params.hpp"
#include "reconciler/model/value_forms.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace authzd {
namespace {

// Words that YAML 1.1 and 1.2 parsers do not read as strings.
constexpr std::array<std::string_view, 9> kReserved = {
    "true", "false", "yes", "no", "on", "off", "null", "y", "n"};

constexpr std::uint32_t kReplacement = 0xfffdU;

bool is_alpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_word_char(char c) {
  return is_alpha(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '/';
}

/// A letter first, then words with single spaces between.
bool is_plain(std::string_view text) {
  if (text.empty() || !is_alpha(text.front()) || text.back() == ' ') return false;
  if (std::ranges::find(kReserved, to_lower(text)) != kReserved.end()) return false;
  return std::ranges::all_of(text, [](char c) { return is_word_char(c) || c == ' '; });
}

/// A YAML parser or an editor may change NEL, the no-break space and the soft hyphen.
bool must_be_escaped(const CodePoint& c) {
  return !c.is_valid() || is_unsafe(c.value) || c.value == 0xA0U;
}

}  // namespace

bool is_plain_line(std::string_view text) {
  while (!text.empty()) {
    const CodePoint c = first_code_point(text);
    if (must_be_escaped(c)) return false;
    text.remove_prefix(c.bytes);
  }
  return true;
}

std::string yaml_string(std::string_view text) {
  if (is_plain(text)) return std::string{text};
  std::string out = "\"";
  while (!text.empty()) {
    const CodePoint c = first_code_point(text);
    if (c.value == '"' || c.value == '\\') {
      (out += '\\') += static_cast<char>(c.value);
    } else if (must_be_escaped(c)) {
      out += quoted_escape(c.is_valid() ? c.value : kReplacement);
    } else {
      out += text.substr(0, c.bytes);
    }
    text.remove_prefix(c.bytes);
  }
  return out + "\"";
}

std::string spec_string(std::string_view text) {
  return yaml_string(escape_params(text));
}

}  // namespace authzd

namespace authzd::report {
namespace {

struct Shorthand {
  std::string_view attribute;
  std::string_view field;
};
constexpr std::array kShorthands = {
    Shorthand{"serviceName", "service"},
    Shorthand{"serviceInstance", "instance"},
    Shorthand{"resourceGroupId", "resourceGroup"},
    Shorthand{"resourceType", "resourceType"},
    Shorthand{"resource", "resource"},
    Shorthand{"region", "region"},
};

bool has_twins(const AttributeSet& attributes) {
  return std::ranges::adjacent_find(attributes.items(), {}, &Attribute::name) !=
         attributes.items().end();
}

/// The value for the shorthand field, if it can express this attribute.
std::optional<std::string> short_value(const Attribute& attribute) {
  const bool is_group = attribute.name == "resourceGroupId";
  if (is_group && attribute.op == kStringExists && attribute.value == AttributeValue{true}) {
    return "*";
  }
  const auto* text = std::get_if<std::string>(&attribute.value);
  if (attribute.op != kStringEquals || text == nullptr || text->empty()) return std::nullopt;
  if (is_group && *text == "*") return std::nullopt;
  return *text;
}

std::string value_text(const AttributeValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* text = std::get_if<std::string>(&value)) return spec_string(*text);
  std::vector<std::string> parts;
  for (const std::string& one : std::get<std::vector<std::string>>(value)) {
    parts.push_back(spec_string(one));
  }
  return "[" + join(parts, ", ") + "]";
}

/// `{name: prod-kms, region: us-south}`: for a grant whose instance was not looked up.
std::string instance_value(const Attribute& attribute) {
  const InstanceName instance = name_in(attribute);
  std::string text = "{name: " + spec_string(instance.name);
  if (!instance.region.empty()) text += ", region: " + spec_string(instance.region);
  if (!instance.resource_group.empty()) {
    text += ", resourceGroup: " + spec_string(instance.resource_group);
  }
  return text + "}";
}

std::vector<std::string> side_lines(const AttributeSet& attributes) {
  std::vector<std::string> lines;
  for (const auto& [name, field] : kShorthands) {
    const Attribute* attribute = attributes.find(name);
    if (attribute == nullptr) continue;
    if (is_unknown_instance(*attribute)) {
      lines.push_back(std::string{field} + ": " + instance_value(*attribute));
    }
    if (const auto value = short_value(*attribute)) {
      lines.push_back(std::string{field} + ": " + spec_string(*value));
    }
  }
  std::vector<std::string> rest;
  for (const Attribute& attribute : attributes.items()) {
    const bool is_short = std::ranges::find(kShorthands, attribute.name, &Shorthand::attribute) !=
                              kShorthands.end() &&
                          short_value(attribute);
    if (is_short || attribute.name == "accountId" || is_unknown_instance(attribute)) continue;
    rest.push_back("  - {name: " + spec_string(attribute.name) + ", operator: " +
                   spec_string(attribute.op) + ", value: " + value_text(attribute.value) + "}");
  }
  if (!rest.empty()) lines.emplace_back("attributes:");
  lines.insert(lines.end(), rest.begin(), rest.end());
  return lines;
}

bool is_subject_operator(const Attribute& attribute) {
  return is_unknown_instance(attribute) || attribute.op == kStringEquals ||
         attribute.op == kStringExists;
}

/// Whether this operator accepts such a value, on either side.
bool fits_operator(const Attribute& attribute) {
  const bool is_flag = std::holds_alternative<bool>(attribute.value);
  const bool is_list = std::holds_alternative<std::vector<std::string>>(attribute.value);
  if (attribute.op == kStringExists) return is_flag;
  if (attribute.op == kStringEqualsAnyOf || attribute.op == kStringMatchAnyOf) return is_list;
  return !is_flag && !is_list && (attribute.op == kStringEquals || attribute.op == kStringMatch);
}

/// Whether the loader accepts this text for the attribute with stringEquals.
bool is_known_form(std::string_view name, std::string_view value) {
  if (name == "serviceName") return is_service_name(value);
  if (name == "serviceInstance") return is_instance_id(value);
  if (name == "resourceGroupId" || name == "resource") return !is_crn(value);
  return true;
}

/// Why a manifest cannot express this attribute; empty if it can.
std::string why_not_sayable(const Attribute& attribute) {
  const std::string it = "its attribute " + quote(attribute.name);
  if (attribute.name == "accountId") return {};  // added by the loader
  if (is_unknown_instance(attribute)) return {};
  if (!is_attribute_value(attribute.name)) return it + " has a name that no manifest can hold";
  if (!miscased_attribute(attribute.name).empty()) return it + " is known in another case alone";
  if (!fits_operator(attribute)) return it + " has an operator that is not known, or another value";
  if (const auto* list = std::get_if<std::vector<std::string>>(&attribute.value)) {
    if (list->empty() || list->size() > kMaxAnyOf) return it + " has not 1 to 10 values";
    return std::ranges::all_of(*list, is_attribute_value)
               ? ""
               : it + " has a value that no manifest can hold";
  }
  const auto* text = std::get_if<std::string>(&attribute.value);
  if (text == nullptr) return {};
  if (!is_attribute_value(*text)) return it + " has a value that no manifest can hold";
  if (attribute.op == kStringEquals && !is_known_form(attribute.name, *text)) {
    return it + " has a value of another form than IBM documents";
  }
  return {};
}

}  // namespace

std::string why_not_exportable(const PolicyContent& content, const AccountId& account) {
  const AttributeSet& subject = content.subject;
  const AttributeSet& resource = content.resource;
  if (content.roles.empty()) return "it has no role";
  if (!content.extras.empty()) return "it has parts that no manifest can ask for";
  if (has_twins(subject) || has_twins(resource)) return "it has an attribute twice";
  if (!is_account_id(subject.equals_value("accountId"))) return "its source names no account";
  if (resource.equals_value("accountId") != account.value) {
    return "its target is not in this account";
  }
  if (subject.find("serviceName") == nullptr && subject.find("resourceGroupId") == nullptr) {
    return "its source names neither a service nor a resource group";
  }
  for (const AttributeSet* side : {&subject, &resource}) {
    for (const Attribute& attribute : side->items()) {
      if (std::string why = why_not_sayable(attribute); !why.empty()) return why;
    }
  }
  if (!std::ranges::all_of(content.roles, is_role_text)) {
    return "it has a role whose CRN no manifest can hold";
  }
  if (!std::ranges::all_of(subject.items(), is_subject_attribute, &Attribute::name)) {
    return "its source has an attribute that IAM takes of a target alone";
  }
  if (!std::ranges::all_of(subject.items(), is_subject_operator)) {
    return "its source has an operator that a source cannot have";
  }
  const auto is_tag = [](const Attribute& a) { return a.name.starts_with("tag:"); };
  if (std::ranges::any_of(resource.items(), is_tag)) return "it is scoped by tags";
  return {};
}

bool is_wide(const PolicyContent& content) {
  const bool says_whom = content.subject.find("resourceGroupId") != nullptr;
  return !is_limited(content.resource) || (!says_whom && !is_limited(content.subject));
}

std::vector<std::string> source_lines(const AttributeSet& subject, const AccountId& account) {
  std::vector<std::string> lines = side_lines(subject);
  if (const auto from = subject.equals_value("accountId"); from != account.value) {
    lines.insert(lines.begin(), "account: \"" + std::string{from} + "\"");
  }
  return lines;
}

std::vector<std::string> target_lines(const AttributeSet& resource) {
  std::vector<std::string> lines = side_lines(resource);
  if (lines.empty()) lines.emplace_back("{}");  // everything in the account
  return lines;
}

}  // namespace authzd::report
