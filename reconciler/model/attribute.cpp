// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/model/attribute.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>

namespace authzd {
namespace {

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

void normalise(std::string_view name, std::string& value) {
  if (is_guid(value) || (name == "accountId" && is_account_id(value))) value = to_lower(value);
}

void normalise(Attribute& attribute) {
  if (attribute.op.empty()) attribute.op = kStringEquals;
  if (auto* text = std::get_if<std::string>(&attribute.value)) {
    normalise(attribute.name, *text);
    if (attribute.op == kStringExists && (*text == "true" || *text == "false")) {
      attribute.value = *text == "true";
    }
  }
  if (auto* list = std::get_if<std::vector<std::string>>(&attribute.value)) {
    for (std::string& value : *list) normalise(attribute.name, value);
    std::sort(list->begin(), list->end());
    list->erase(std::unique(list->begin(), list->end()), list->end());
  }
}

}  // namespace

std::string to_string(const Attribute& attribute) {
  const std::string name = quote_value(attribute.name);
  if (const auto* exists = std::get_if<bool>(&attribute.value)) {
    return name + (*exists ? " exists" : " is absent");
  }
  if (const auto* list = std::get_if<std::vector<std::string>>(&attribute.value)) {
    std::vector<std::string> quoted;
    for (const std::string& value : *list) quoted.push_back(quote_value(value));
    const std::string_view how = attribute.op == kStringMatchAnyOf ? " matches any of {" : " in {";
    return name + std::string(how) + join(quoted, ", ") + "}";
  }
  const std::string value = quote_value(std::get<std::string>(attribute.value));
  if (attribute.op == kStringEquals) return name + " = " + value;
  if (attribute.op == kStringMatch) return name + " matches " + value;
  return name + " " + quote_value(attribute.op) + " " + value;
}

AttributeSet::AttributeSet(std::initializer_list<Attribute> attributes)
    : AttributeSet(std::vector<Attribute>(attributes)) {}

AttributeSet::AttributeSet(std::vector<Attribute> attributes) {
  for (Attribute& attribute : attributes) normalise(attribute);
  std::sort(attributes.begin(), attributes.end());
  take(std::move(attributes));
}

void AttributeSet::take(std::vector<Attribute> sorted) {
  if (sorted.empty()) return items_.reset();
  const auto items = std::make_shared<Attribute[]>(sorted.size());
  std::ranges::move(sorted, items.get());
  items_ = items;
  count_ = sorted.size();
}

bool operator==(const AttributeSet& a, const AttributeSet& b) {
  return a.items_ == b.items_ || std::ranges::equal(a.items(), b.items());
}

std::strong_ordering operator<=>(const AttributeSet& a, const AttributeSet& b) {
  const auto left = a.items();
  const auto right = b.items();
  return std::lexicographical_compare_three_way(
      left.begin(), left.end(), right.begin(), right.end());
}

const Attribute* AttributeSet::find(std::string_view name) const {
  const auto items = this->items();
  const auto found = std::ranges::find(items, name, &Attribute::name);
  return found == items.end() ? nullptr : &*found;
}

std::string_view AttributeSet::equals_value(std::string_view name) const {
  const Attribute* attribute = find(name);
  if (attribute == nullptr || attribute->op != kStringEquals) return {};
  const auto* value = std::get_if<std::string>(&attribute->value);
  return value == nullptr ? std::string_view{} : std::string_view(*value);
}

void AttributeSet::add(Attribute attribute) {
  normalise(attribute);
  std::vector<Attribute> grown = copy_items();
  grown.insert(std::upper_bound(grown.begin(), grown.end(), attribute), std::move(attribute));
  take(std::move(grown));
}

bool is_guid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

bool is_account_id(std::string_view text) {
  return text.size() == 32 && std::all_of(text.begin(), text.end(), is_hex);
}

namespace {

/// Attributes that resources of every service have, so that requiring their presence limits
/// nothing. An attribute of one service, such as volumeId, is not among them: only that service's
/// resources have it.
constexpr std::array<std::string_view, 8> kGeneral{"serviceName",
                                                   "serviceInstance",
                                                   "serviceType",
                                                   "service_group_id",
                                                   "region",
                                                   "resourceGroupId",
                                                   "resourceType",
                                                   "resource"};

/// It consists of wildcards only. This counts for every operator: it is unknown whether IAM takes a
/// '*' under equality literally (iam-api §5).
bool fits_everything(const std::string& text) {
  return text.find_first_not_of("*?") == std::string::npos;
}

//   attribute                                      | limits
//   -----------------------------------------------+--------
//   accountId, serviceType                         | no
//   stringExists true, of a general attribute      | no
//   stringExists true, of a service's own          | yes
//   stringExists false                             | no
//   a text, or any of a list, of wildcards alone   | no
//   any other text or list                         | yes
bool limits(const Attribute& attribute) {
  if (attribute.name == "accountId" || attribute.name == "serviceType") return false;
  if (const auto* exists = std::get_if<bool>(&attribute.value)) {
    return *exists && std::ranges::find(kGeneral, attribute.name) == kGeneral.end();
  }
  if (const auto* text = std::get_if<std::string>(&attribute.value)) return !fits_everything(*text);
  return std::ranges::none_of(std::get<std::vector<std::string>>(attribute.value), fits_everything);
}

}  // namespace

bool is_limited(const AttributeSet& side) {
  return std::ranges::any_of(side.items(), limits);
}

}  // namespace authzd
