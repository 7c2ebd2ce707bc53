// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/side_decoder.hpp"

#include "reconciler/base/secret.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/manifest/value_checks.hpp"
#include "reconciler/manifest/yaml_text.hpp"
#include "reconciler/model/attribute.hpp"
#include "reconciler/model/value_forms.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace authzd {
namespace {

constexpr std::array<std::string_view, 8> kSourceKeys{"service",
                                                      "account",
                                                      "instance",
                                                      "resourceGroup",
                                                      "resourceType",
                                                      "resource",
                                                      "region",
                                                      "attributes"};
constexpr std::array<std::string_view, 7> kTargetKeys{
    "service", "instance", "resourceGroup", "resourceType", "resource", "region", "attributes"};
constexpr std::array<KeyHint, 1> kTargetHints{
    {{"account",
      "a target is always in the account itself; source.account is for another's services"}}};
constexpr std::array<std::string_view, 3> kAttributeKeys{"name", "operator", "value"};
constexpr std::array<std::string_view, 3> kInstanceKeys{"name", "resourceGroup", "region"};
constexpr std::array<KeyHint, 4> kInstanceHints{
    {{"id", "an id stands alone: instance: <id>"},
     {"guid", "an id stands alone: instance: <id>"},
     {"location", "an instance's location is its region"},
     {"service", "the service is that of the source or target around it"}}};

constexpr std::array<std::string_view, 2> kSubjectOperators{kStringEquals, kStringExists};
constexpr std::array<std::string_view, 5> kResourceOperators{
    kStringEquals, kStringExists, kStringMatch, kStringEqualsAnyOf, kStringMatchAnyOf};

constexpr std::array<Shorthand, 6> kShorthands{{
    {"service", "serviceName"},
    {"instance", "serviceInstance"},
    {"resourceGroup", "resourceGroupId"},
    {"resourceType", "resourceType"},
    {"resource", "resource"},
    {"region", "region"},
}};

/// Attributes whose values have a special form.
bool is_id(std::string_view attribute) {
  return attribute == "serviceInstance" || attribute == "resourceGroupId";
}

/// One side while it is parsed: it tracks which attributes were given, valid or not.
class SideReader {
 public:
  SideReader(Keys operators, std::string_view name, const ServiceCheck& services)
      : operators_(operators), name_(name), services_(services) {}

  void read_shorthands(const YamlMap& map);
  void read_attributes(const YamlMap& map);
  /// Call it after these two, because it needs the service. `account` is the side's.
  void read_instance_name(const YamlMap& map, const AccountId& own, const std::string& account);
  void set_account(std::string account) { add({"accountId", std::string(kStringEquals), account}); }
  [[nodiscard]] bool has(std::string_view attribute) const { return given_.contains(attribute); }
  /// Nothing that was given was refused.
  [[nodiscard]] bool is_complete() const { return attributes_.size() == given_.size(); }
  Side take() { return {AttributeSet(std::move(attributes_)), std::move(instance_)}; }

 private:
  void read_attribute(const YamlCursor& item);
  [[nodiscard]] std::optional<std::string> decode_name(const YamlMap& map);
  [[nodiscard]] std::optional<std::string> decode_operator(const YamlMap& map) const;
  [[nodiscard]] std::optional<AttributeValue> decode_value(const YamlMap& map,
                                                           const std::string& name,
                                                           const std::string& op) const;
  bool mark_given(const std::string& attribute, const YamlCursor& at);
  [[nodiscard]] std::string service() const;
  [[nodiscard]] bool is_given_well(std::string_view attribute) const {
    return std::ranges::find(attributes_, attribute, &Attribute::name) != attributes_.end();
  }
  void add(Attribute attribute) { attributes_.push_back(std::move(attribute)); }

  Keys operators_;
  std::string_view name_;
  const ServiceCheck& services_;
  std::map<std::string, SourcePos, std::less<>> given_;
  std::vector<Attribute> attributes_;
  std::optional<InstanceName> instance_;
};

bool SideReader::mark_given(const std::string& attribute, const YamlCursor& at) {
  const auto [earlier, is_new] = given_.try_emplace(attribute, at.position());
  if (is_new) return true;
  at.error(
      "attribute " + quoted(attribute) + " is given twice; first at " + to_string(earlier->second),
      "IAM takes each attribute once; for several values use stringEqualsAnyOf in the target");
  return false;
}

/// Of texts that are shown, and sent to IBM, as they stand.
bool check_no_secret(const YamlCursor& node, std::string_view text) {
  if (without_secrets(text) == text) return true;
  node.error("this looks like a secret",
             "take it out of the manifests, and replace the key: anyone who can read the manifests "
             "may have it");
  return false;
}

/// Resource Controller compares the whole name.
bool check_instance_name(const YamlCursor& node, std::string_view name) {
  const std::size_t length = count_characters(name);
  if (length == 0 || length > kMaxInstanceName || trim(name) != name ||
      name.find_first_of("\n\t") != std::string_view::npos) {
    node.error(quoted(name) + " is not the name of an instance",
               "a name is one line of 1 to " + std::to_string(kMaxInstanceName) +
                   " characters, without white space at its ends");
    return false;
  }
  if (!check_no_secret(node, name)) return false;
  if (is_crn(name)) {
    node.error(quoted(name) + " is a CRN, not the name of an instance",
               "write the instance's id, which is in the CRN's eighth part: instance: <id>");
    return false;
  }
  if (name.find('*') != std::string_view::npos) {
    node.error(quoted(name) + " is not the name of an instance",
               "a name is looked up as it stands; a \"*\" stands for nothing else");
    return false;
  }
  if (is_guid(name)) {
    node.warning(quoted(name) + " looks like an id, and is looked up as a name",
                 "an id stands alone: instance: " + std::string(name));
  }
  return true;
}

/// Everything but the service, which is the side's.
std::optional<InstanceName> decode_instance_name(const YamlCursor& node) {
  const YamlMap map(node, kInstanceKeys, "instance", kInstanceHints);
  InstanceName instance;
  const auto name = map.require("name", "write instance: {name: …}, or the id alone");
  const auto text = name ? name->text() : std::nullopt;
  bool is_good = text && check_instance_name(*name, *text);
  if (is_good) instance.name = *text;
  if (const auto group = map.find("resourceGroup")) {
    const auto id = group->id_text();
    const bool fits = id && check_no_secret(*group, *id) && check_attribute_value(*group, *id) &&
                      check_known_attribute(*group, "resourceGroupId", *id, {});
    is_good = is_good && fits;
    if (fits) instance.resource_group = *id;
  }
  if (const auto region = map.find("region")) {
    const auto id = region->text();
    const bool fits = id && check_no_secret(*region, *id) && check_attribute_value(*region, *id);
    is_good = is_good && fits;
    if (fits) instance.region = *id;
  }
  return is_good ? std::optional(std::move(instance)) : std::nullopt;
}

void SideReader::read_shorthands(const YamlMap& map) {
  for (const auto& [key, name] : kShorthands) {
    const auto node = map.find(key);
    if (!node) continue;
    const std::string attribute(name);
    mark_given(attribute, *map.key_node(key));
    if (name == kServiceInstance && node->is_map()) continue;  // read_instance_name()
    const auto value = is_id(name) ? node->id_text() : node->text();
    if (!value) continue;
    if (name == "resourceGroupId" && *value == "*") {
      add({attribute, std::string(kStringExists), true});
    } else if (check_attribute_value(*node, *value) &&
               check_known_attribute(*node, name, *value, services_)) {
      add({attribute, std::string(kStringEquals), *value});
    }
  }
}

std::string SideReader::service() const {
  for (const Attribute& one : attributes_) {
    const auto* text = std::get_if<std::string>(&one.value);
    if (one.name == "serviceName" && one.op == kStringEquals && text != nullptr) return *text;
  }
  return {};
}

void SideReader::read_instance_name(const YamlMap& map,
                                    const AccountId& own,
                                    const std::string& account) {
  const auto node = map.find("instance");
  if (!node || !node->is_map()) return;
  auto instance = decode_instance_name(*node);
  if (to_lower(account) != to_lower(own.value)) {
    node->error("an instance of another account cannot be looked up by its name",
                "the key sees the instances of its own account alone: write the instance's id");
    return;
  }
  if (!has("serviceName") || (is_given_well("serviceName") && service().empty())) {
    node->error("an instance is looked up by name among those of one service",
                "name the service, or write the instance's id");
    return;
  }
  if (!instance) return;
  instance->service = service();
  add(unknown_instance(*instance));
  instance_ = std::move(instance);
}

void SideReader::read_attributes(const YamlMap& map) {
  const auto node = map.find("attributes");
  if (!node) return;
  const auto items = node->list("write attributes: [{name: …, value: …}]");
  if (!items) return;
  for (const YamlCursor& item : *items) read_attribute(item);
}

void SideReader::read_attribute(const YamlCursor& item) {
  const YamlMap map(item, kAttributeKeys, "an attribute");
  const auto name = decode_name(map);
  const auto op = decode_operator(map);
  if (!op) return;
  auto value = decode_value(map, name.value_or(""), *op);
  if (name && value) add({*name, *op, std::move(*value)});
}

std::optional<std::string> SideReader::decode_name(const YamlMap& map) {
  const auto node = map.require("name");
  if (!node) return std::nullopt;
  auto name = node->text();
  if (!name || !check_attribute_value(*node, *name)) return std::nullopt;
  if (*name == "accountId") {
    node->error("accountId is added by authzd; it cannot be given as an attribute",
                name_ == "source" ? "write source.account for another account's services"
                                  : "a target is always in the account that is reconciled");
    return std::nullopt;
  }
  if (name_ == "source" && !is_subject_attribute(*name)) {  // accountId, the last of them, is
                                                            // handled elsewhere
    node->error("IAM knows no attribute " + quoted(*name) + " of a source",
                suggest(*name, Keys(kSubjectAttributes).first(kSubjectAttributes.size() - 1)));
    return std::nullopt;
  }
  if (const auto meant = miscased_attribute(*name); !meant.empty()) {
    node->error("no attribute is called " + quoted(*name),
                "did you mean \"" + std::string(meant) + "\"?");
    return std::nullopt;
  }
  if (!mark_given(*name, *node)) return std::nullopt;
  return name;
}

std::optional<std::string> SideReader::decode_operator(const YamlMap& map) const {
  if (!map.has("operator")) return std::string(kStringEquals);
  const auto node = map.find("operator");
  if (!node) return std::nullopt;
  auto op = node->text();
  if (!op) return std::nullopt;
  if (std::find(operators_.begin(), operators_.end(), *op) != operators_.end()) return op;
  if (std::find(kResourceOperators.begin(), kResourceOperators.end(), *op) !=
      kResourceOperators.end()) {
    node->error("operator " + quoted(*op) + " is not allowed in a source",
                "IAM knows only stringEquals and stringExists there");
  } else {
    node->error("unknown operator " + quoted(*op), suggest(*op, operators_));
  }
  return std::nullopt;
}

std::optional<std::vector<std::string>> decode_any_of(const YamlCursor& node) {
  const auto items = node.list("an any-of operator takes a list of values");
  if (!items) return std::nullopt;
  if (items->empty() || items->size() > kMaxAnyOf) {
    node.error("an any-of operator takes 1 to 10 values, got " + std::to_string(items->size()));
    return std::nullopt;
  }
  std::vector<std::string> values;
  for (const YamlCursor& item : *items) {
    auto value = item.text();
    if (!value || !check_attribute_value(item, *value)) continue;
    if (std::find(values.begin(), values.end(), *value) != values.end()) {
      item.error("value " + quoted(*value) + " is given twice");
    }
    values.push_back(std::move(*value));
  }
  return values;
}

std::optional<AttributeValue> SideReader::decode_value(const YamlMap& map,
                                                       const std::string& name,
                                                       const std::string& op) const {
  const auto node = map.require("value");
  if (!node) return std::nullopt;
  if (op == kStringExists) {
    if (const auto flag = node->boolean()) return AttributeValue(*flag);
    return std::nullopt;
  }
  if (op == kStringEqualsAnyOf || op == kStringMatchAnyOf) {
    if (auto values = decode_any_of(*node)) return AttributeValue(std::move(*values));
    return std::nullopt;
  }
  if (node->is_list()) {
    node->error("operator " + op + " takes one value, got a list",
                name_ == "source" ? "" : "use " + op + "AnyOf for several values");
    return std::nullopt;
  }
  auto value = op == kStringEquals && is_id(name) ? node->id_text() : node->text();
  if (!value || !check_attribute_value(*node, *value)) return std::nullopt;
  if (op == kStringEquals && !check_known_attribute(*node, name, *value, services_))
    return std::nullopt;
  return AttributeValue(std::move(*value));
}

constexpr std::string_view kWideHint =
    "; if everything is meant, say so with spec.wide: true, and the rail \"broad\" asks for "
    "approval";

}  // namespace

Side decode_source(const YamlCursor& node,
                   const AccountId& own_account,
                   Breadth allowed,
                   const ServiceCheck& services) {
  const YamlMap map(node, kSourceKeys, "source");
  SideReader side(kSubjectOperators, "source", services);
  side.read_shorthands(map);
  side.read_attributes(map);
  std::string account = own_account.value;
  if (const auto given = map.find("account")) {
    const auto text = given->id_text();
    if (text && check_account_id(*given, *text)) account = *text;
  }
  side.read_instance_name(map, own_account, account);
  const bool is_complete = side.is_complete();
  side.set_account(std::move(account));
  if (node.is_map() && !side.has("serviceName") && !side.has("resourceGroupId")) {
    node.error("source names neither a service nor a resource group",
               "add service, or resourceGroup: \"*\" for anything in any group");
    return side.take();
  }
  Side source = side.take();
  // A resource group, even any, is IBM's way to write it; the rail distinguishes it.
  const bool says_whom = side.has("resourceGroupId") || is_limited(source.attributes);
  if (node.is_map() && is_complete && !says_whom && allowed == Breadth::limited) {
    node.error("source says nothing but its account: it would mean every service in it",
               "name a service" + std::string(kWideHint));
  }
  return source;
}

Side decode_target(const YamlCursor& node,
                   const AccountId& own_account,
                   Breadth allowed,
                   const ServiceCheck& services) {
  const YamlMap map(node, kTargetKeys, "target", kTargetHints);
  SideReader side(kResourceOperators, "target", services);
  side.read_shorthands(map);
  side.read_attributes(map);
  side.read_instance_name(map, own_account, own_account.value);
  const bool is_complete = side.is_complete();
  side.set_account(own_account.value);
  Side target = side.take();
  if (node.is_map() && is_complete && !is_limited(target.attributes) &&
      allowed == Breadth::limited) {
    node.error(
        "target says nothing but its account: it would mean everything in it",
        "name a service, or for example resourceType: resource-group" + std::string(kWideHint));
  }
  return target;
}

Keys source_keys() {
  return kSourceKeys;
}
Keys target_keys() {
  return kTargetKeys;
}
Keys attribute_keys() {
  return kAttributeKeys;
}
Keys instance_keys() {
  return kInstanceKeys;
}

std::span<const Shorthand> shorthands() {
  return kShorthands;
}

}  // namespace authzd
