// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/model/instance.hpp"

#include "reconciler/base/text.hpp"

#include <utility>
#include <vector>

namespace authzd {
namespace {

// Contains a blank, so that it can never be an operator of IAM.
constexpr std::string_view kIsNamed = "is named";

// A name has no line break, so it cannot imitate the part that follows it.
constexpr std::string_view kRegion = "region ";
constexpr std::string_view kGroup = "resource group ";

}  // namespace

std::string to_string(const InstanceName& instance) {
  std::string text =
      "instance " + quote_value(instance.name) + " of " + quote_value(instance.service);
  if (!instance.region.empty()) text += " in " + quote_value(instance.region);
  if (!instance.resource_group.empty()) {
    text += " in resource group " + quote_value(instance.resource_group);
  }
  return text;
}

Attribute unknown_instance(const InstanceName& instance) {
  std::string value = instance.name;
  if (!instance.region.empty()) value += "\n" + std::string(kRegion) + instance.region;
  if (!instance.resource_group.empty()) {
    value += "\n" + std::string(kGroup) + instance.resource_group;
  }
  return {std::string(kServiceInstance), std::string(kIsNamed), std::move(value)};
}

bool is_unknown_instance(const Attribute& attribute) {
  return attribute.name == kServiceInstance && attribute.op == kIsNamed;
}

InstanceName name_in(const Attribute& unknown_instance) {
  InstanceName instance;
  const auto* value = std::get_if<std::string>(&unknown_instance.value);
  if (value == nullptr) return instance;
  bool is_first = true;
  for (const std::string_view line : split_lines(*value)) {
    if (std::exchange(is_first, false)) {
      instance.name = line;
    } else if (line.starts_with(kRegion)) {
      instance.region = line.substr(kRegion.size());
    } else if (line.starts_with(kGroup)) {
      instance.resource_group = line.substr(kGroup.size());
    }
  }
  return instance;
}

AttributeSet without_instance(const AttributeSet& side) {
  std::vector<Attribute> rest = side.copy_items();
  std::erase_if(rest, [](const Attribute& one) { return one.name == kServiceInstance; });
  return AttributeSet(std::move(rest));
}

AttributeSet with_instance(const AttributeSet& side, Attribute instance) {
  AttributeSet named = without_instance(side);
  named.add(std::move(instance));
  return named;
}

AttributeSet with_instance(const AttributeSet& side, const std::string& id) {
  return with_instance(side,
                       Attribute{std::string(kServiceInstance), std::string(kStringEquals), id});
}

}  // namespace authzd
