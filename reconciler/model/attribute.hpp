// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Attribute sets: what IAM matches a request against. A set is in normal form, so that two sets are
// equal exactly if they mean the same:
//   - sorted by name, then operator, then value;
//   - account ids and GUIDs in lower case; an absent operator is stringEquals;
//   - the values of an any-of operator are a sorted set; the value of stringExists is a boolean.
#pragma once

#include <compare>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace authzd {

/// IAM's operators by name (iam-api §2.5). Any other operator is kept unchanged.
inline constexpr std::string_view kStringEquals = "stringEquals";
inline constexpr std::string_view kStringExists = "stringExists";
inline constexpr std::string_view kStringMatch = "stringMatch";
inline constexpr std::string_view kStringEqualsAnyOf = "stringEqualsAnyOf";
inline constexpr std::string_view kStringMatchAnyOf = "stringMatchAnyOf";

using AttributeValue = std::variant<std::string, bool, std::vector<std::string>>;

struct Attribute {
  std::string name;
  std::string op{kStringEquals};
  AttributeValue value;

  auto operator<=>(const Attribute&) const = default;
};

/// "serviceName = kms", "volumeId exists", "region in {eu-de, us-south}": for people.
std::string to_string(const Attribute& attribute);

/// Copies share their attributes: a plan copies the sides of thousands of policies.
class AttributeSet {
 public:
  AttributeSet() = default;
  AttributeSet(std::initializer_list<Attribute> attributes);
  explicit AttributeSet(std::vector<Attribute> attributes);

  /// Valid until the set is changed or gone, and every copy of it.
  [[nodiscard]] std::span<const Attribute> items() const {
    return {items_.get(), items_ == nullptr ? 0 : count_};
  }
  /// For one who changes them.
  [[nodiscard]] std::vector<Attribute> copy_items() const {
    return {items().begin(), items().end()};
  }
  [[nodiscard]] bool empty() const { return items().empty(); }
  [[nodiscard]] const Attribute* find(std::string_view name) const;

  /// The value of a stringEquals attribute; empty if there is none of that name.
  [[nodiscard]] std::string_view equals_value(std::string_view name) const;

  void add(Attribute attribute);

  friend bool operator==(const AttributeSet& a, const AttributeSet& b);
  friend std::strong_ordering operator<=>(const AttributeSet& a, const AttributeSet& b);

 private:
  void take(std::vector<Attribute> sorted);

  std::shared_ptr<const Attribute[]> items_;  // never changed; null: none
  std::size_t count_ = 0;                     // meaningless without `items_`
};

/// True if some attribute excludes something. A side that names only its account means everything
/// in it, however it is written; a manifest must ask for that explicitly. An attribute that every
/// resource has, one that must not exist, and a pattern that matches everything exclude nothing;
/// nor does accountId, which every side has. In doubt the answer is false.
bool is_limited(const AttributeSet& side);

/// True for 8-4-4-4-12 hex digits, in either case.
bool is_guid(std::string_view text);

/// True for 32 hex digits, in either case.
bool is_account_id(std::string_view text);

}  // namespace authzd
