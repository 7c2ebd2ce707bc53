// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/import/terraform_state.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/import/state_policy.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

using Json = nlohmann::json;

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
