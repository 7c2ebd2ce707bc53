// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/import/terraform_state.hpp"

#include "reconciler/base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

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

/// Converts one authorization of a state to the policy in IAM: the reverse of IBM's provider
/// (iam-api §3). Sets the content of `policy`, and records there what cannot be determined.
void read_attributes(const Json& attributes, StatePolicy& policy) {
  if (const Doubt doubt = read_content(attributes, policy.content)) policy.unreadable = *doubt;
}

constexpr std::string_view kType = "ibm_iam_authorization_policy";
constexpr std::int64_t kFirstVersion = 4;

Error refused(std::string why) {
  return {ErrorCode::invalid_manifest, "the state " + std::move(why)};
}

const Json* member(const Json& json, std::string_view name) {
  if (!json.is_object()) return nullptr;
  const auto found = json.find(name);
  return found == json.end() || found->is_null() ? nullptr : &*found;
}

std::string text_of(const Json& json, std::string_view name) {
  const Json* value = member(json, name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

/// The elements of a list; empty if it is missing. False: it exists, and is not a list.
bool read_list(const Json& json, std::string_view name, const Json::array_t*& list) {
  static const Json::array_t kNone;
  const Json* value = member(json, name);
  list = value == nullptr ? &kNone : value->get_ptr<const Json::array_t*>();
  return list != nullptr;
}

/// The key of an instance as text; none if it is neither a number nor a text.
std::optional<std::string> key_of_instance(const Json& instance, std::string_view name) {
  const Json* key = member(instance, name);
  if (key == nullptr) return std::string();
  if (const auto* text = key->get_ptr<const std::string*>()) return index_key(*text);
  if (key->is_number_unsigned()) return index_key(key->get<std::uint64_t>());
  return std::nullopt;
}

class StateReader {
 public:
  Result<StateReading> read(const Json& state) {
    const bool is_shown = member(state, "format_version") != nullptr;
    auto done = is_shown ? read_shown(state) : read_file(state);
    if (!done) return std::move(done).error();
    std::ranges::sort(reading_.policies, {}, &StatePolicy::address);
    return std::move(reading_);
  }

 private:
  /// The state file, as printed by `terraform state pull`.
  Result<void> read_file(const Json& state) {
    if (member(state, "encrypted_data") != nullptr) {
      return refused("is encrypted: give the output of `tofu show -json`");
    }
    const Json* version = member(state, "version");
    if (version == nullptr || !version->is_number_integer()) {
      return refused(
          "is neither a state file nor the output of `terraform show -json`: it has no version");
    }
    if (*version < kFirstVersion) {
      return refused("is of version " + version->dump() +
                     ": Terraform 0.12 or later writes version 4, which can be read");
    }
    const Json::array_t* resources = nullptr;
    if (!read_list(state, "resources", resources)) return refused("has no list of resources");
    for (const Json& resource : *resources) {
      if (text_of(resource, "type") != kType || text_of(resource, "mode") != "managed") continue;
      if (auto done = read_instances(resource); !done) return done;
    }
    return {};
  }

  Result<void> read_instances(const Json& resource) {
    const Json::array_t* instances = nullptr;
    if (!read_list(resource, "instances", instances)) {
      return refused("has a resource whose instances are no list");
    }
    const std::string module = text_of(resource, "module");
    const std::string name = text_of(resource, "name");
    for (const Json& instance : *instances) {
      if (member(instance, "deposed") != nullptr) {
        ++reading_.deposed;
        continue;
      }
      const auto key = key_of_instance(instance, "index_key");
      if (auto done = add(module, name, key, member(instance, "attributes")); !done) return done;
    }
    return {};
  }

  /// The output of `show -json` for a state.
  Result<void> read_shown(const Json& state) {
    if (member(state, "planned_values") != nullptr || member(state, "prior_state") != nullptr) {
      return refused("is a plan: give the output of `terraform show -json` without a plan file");
    }
    const Json* values = member(state, "values");
    if (values == nullptr) return {};  // an empty state
    const Json* root = member(*values, "root_module");
    return root == nullptr ? Result<void>{} : read_modules(*root);
  }

  /// A module and its children; a limit on the document bounds the depth, not the stack.
  Result<void> read_modules(const Json& root) {
    std::vector<const Json*> waiting{&root};
    while (!waiting.empty()) {
      const Json& module = *waiting.back();
      waiting.pop_back();
      if (auto done = read_module(module); !done) return done;
      const Json::array_t* children = nullptr;
      if (!read_list(module, "child_modules", children)) {
        return refused("has modules that are no list");
      }
      for (const Json& child : *children) waiting.push_back(&child);
    }
    return {};
  }

  Result<void> read_module(const Json& module) {
    const Json::array_t* resources = nullptr;
    if (!read_list(module, "resources", resources)) return refused("has no list of resources");
    const std::string path = text_of(module, "address");
    for (const Json& resource : *resources) {
      if (text_of(resource, "type") != kType || text_of(resource, "mode") != "managed") continue;
      if (member(resource, "deposed_key") != nullptr) {
        ++reading_.deposed;
        continue;
      }
      const auto key = key_of_instance(resource, "index");
      const std::string name = text_of(resource, "name");
      if (auto done = add(path, name, key, member(resource, "values")); !done) return done;
    }
    return {};
  }

  Result<void> add(const std::string& module,
                   const std::string& name,
                   const std::optional<std::string>& key,
                   const Json* attributes) {
    auto address = key ? make_address(module, kType, name, *key) : std::nullopt;
    if (!address) {
      return refused("has an authorization whose address cannot be read: module " + quote(module) +
                     ", name " + quote(name));
    }
    StatePolicy& policy = reading_.policies.emplace_back();
    policy.address = std::move(*address);
    if (attributes == nullptr) return {};
    policy.id = PolicyId{text_of(*attributes, "id")};
    read_attributes(*attributes, policy);
    return {};
  }

  StateReading reading_;
};

}  // namespace

Result<StateReading> read_terraform_state(std::string_view text) {
  if (text.size() > kMaxStateBytes) {
    return refused("has more than " + std::to_string(kMaxStateBytes >> 20U) +
                   " MiB: cut it to what is asked for with jq '.resources |= map(select(.type == "
                   "\"ibm_iam_authorization_policy\"))'");
  }
  if (is_nested_deeper(text, kMaxStateDepth)) return refused("is nested deeper than any state is");
  const Json state = Json::parse(text.begin(), text.end(), nullptr, false);
  if (state.is_discarded()) return refused("is not JSON");
  return StateReader().read(state);
}

}  // namespace authzd
