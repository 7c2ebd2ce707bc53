// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/import/state_policy.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace authzd {
namespace {

using Json = nlohmann::json;

/// An argument that sets one attribute.
struct Argument {
  std::string_view name;
  std::string_view attribute;
};
constexpr std::array kSourceArguments{Argument{"source_service_name", "serviceName"},
                                      Argument{"source_service_account", "accountId"},
                                      Argument{"source_resource_instance_id", "serviceInstance"},
                                      Argument{"source_resource_type", "resourceType"},
                                      Argument{"source_resource_group_id", "resourceGroupId"}};
constexpr std::array kTargetArguments{Argument{"target_service_name", "serviceName"},
                                      Argument{"target_resource_instance_id", "serviceInstance"},
                                      Argument{"target_resource_type", "resourceType"},
                                      Argument{"target_resource_group_id", "resourceGroupId"}};

/// A text, "" if absent. None: it is not a text.
std::optional<std::string> text_in(const Json& json, std::string_view name) {
  const auto found = json.is_object() ? json.find(name) : json.end();
  if (!json.is_object() || found == json.end() || found->is_null()) return std::string();
  const auto* text = found->get_ptr<const std::string*>();
  return text == nullptr ? std::nullopt : std::optional(*text);
}

/// Why the state does not determine the policy in IAM; none if it does.
using Doubt = std::optional<std::string>;

/// The provider sends "*" for a resource group, without an operator, as "exists".
Doubt add_attribute(std::string name,
                    std::string op,
                    const std::string& value,
                    std::vector<Attribute>& attributes) {
  const bool is_any_group = name == "resourceGroupId" && op.empty() && value == "*";
  if (op.empty()) op = is_any_group ? kStringExists : kStringEquals;
  if (is_any_group) {
    attributes.push_back({std::move(name), std::move(op), true});
    return std::nullopt;
  }
  if (op == kStringEqualsAnyOf || op == kStringMatchAnyOf) {
    return "the state does not say where one value of " + quote(name) + " ends and the next begins";
  }
  if (op == kStringExists) {
    if (value != "true" && value != "false")
      return quote(name) + " exists or not, and says neither";
    attributes.push_back({std::move(name), std::move(op), value == "true"});
    return std::nullopt;
  }
  attributes.push_back({std::move(name), std::move(op), value});
  return std::nullopt;
}

/// The blocks of a side: name, operator, value.
Doubt add_blocks(const Json& json, std::string_view list, std::vector<Attribute>& attributes) {
  const auto found = json.find(list);
  if (found == json.end() || found->is_null()) return std::nullopt;
  const auto* blocks = found->get_ptr<const Json::array_t*>();
  if (blocks == nullptr) return "its " + std::string(list) + " are no list";
  for (const Json& block : *blocks) {
    const auto name = text_in(block, "name");
    const auto op = text_in(block, "operator");
    const auto value = text_in(block, "value");
    if (!name || name->empty() || !op || !value) {
      return "its " + std::string(list) + " have one without a name or a value";
    }
    if (auto doubt = add_attribute(*name, *op, *value, attributes)) return doubt;
  }
  return std::nullopt;
}

/// The provider also shows attributes as arguments, if there is one: blocks have more detail, and
/// take precedence.
template <std::size_t N>
Doubt read_side(const Json& json,
                std::string_view list,
                const std::array<Argument, N>& arguments,
                AttributeSet& side) {
  std::vector<Attribute> attributes;
  if (auto doubt = add_blocks(json, list, attributes)) return doubt;
  for (const Argument& argument : arguments) {
    const auto value = text_in(json, argument.name);
    if (!value) return "its " + std::string(argument.name) + " is no text";
    const bool is_known =
        std::ranges::find(attributes, argument.attribute, &Attribute::name) != attributes.end();
    if (value->empty() || is_known) continue;
    if (auto doubt = add_attribute(std::string(argument.attribute), "", *value, attributes)) {
      return doubt;
    }
  }
  side = AttributeSet(std::move(attributes));
  return std::nullopt;
}

Doubt read_roles(const Json& json, RoleSet& roles) {
  const auto found = json.find("roles");
  if (found == json.end() || found->is_null()) return std::nullopt;
  const auto* list = found->get_ptr<const Json::array_t*>();
  if (list == nullptr) return "its roles are no list";
  for (const Json& role : *list) {
    const auto* name = role.get_ptr<const std::string*>();
    if (name == nullptr || name->empty()) return "it has a role without a name";
    roles.insert(*name);
  }
  return std::nullopt;
}

Doubt read_content(const Json& json, PolicyContent& content) {
  if (!json.is_object()) return "its attributes are no object";
  const auto description = text_in(json, "description");
  if (!description) return "its description is no text";
  content.description = *description;
  if (auto doubt = read_roles(json, content.roles)) return doubt;
  if (auto doubt = read_side(json, "subject_attributes", kSourceArguments, content.subject)) {
    return doubt;
  }
  return read_side(json, "resource_attributes", kTargetArguments, content.resource);
}

}  // namespace

void read_attributes(const Json& attributes, StatePolicy& policy) {
  if (const Doubt doubt = read_content(attributes, policy.content)) policy.unreadable = *doubt;
}

}  // namespace authzd
