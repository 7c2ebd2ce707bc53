// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/value_checks.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/manifest/yaml_text.hpp"
#include "reconciler/model/attribute.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace authzd {
namespace {

constexpr std::size_t kMaxValue = 1'000;  // IAM's own limit
constexpr std::size_t kMaxName = 63;
constexpr std::size_t kShortestGroupId = 16;
constexpr std::size_t kLongestGroupId = 64;

/// What the console calls some services, and their names in CRNs.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kConsoleNames{{
    {"block storage", "server-protect"},
    {"cloud block storage", "server-protect"},
    {"cloud object storage", "cloud-object-storage"},
    {"hyper protect crypto services", "hs-crypto"},
    {"key protect", "kms"},
    {"secrets manager", "secrets-manager"},
    {"vpc infrastructure services", "is"},
}};

bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// The parts of "crn:v1:bluemix:public:kms:us-south:a/…:<instance>:<type>:<resource>".
std::vector<std::string_view> crn_parts(std::string_view text) {
  std::vector<std::string_view> parts;
  if (!text.starts_with("crn:")) return parts;
  while (parts.size() < 9) {
    const std::size_t colon = text.find(':');
    parts.push_back(text.substr(0, colon));
    if (colon == std::string_view::npos) return parts;
    text.remove_prefix(colon + 1);
  }
  parts.push_back(text);
  return parts;
}

bool check_guid(const YamlCursor& node, std::string_view value) {
  if (is_guid(value)) return true;
  const auto parts = crn_parts(value);
  std::string hint =
      "a GUID has 8-4-4-4-12 hex digits, such as 51042d7f-f0df-4915-bd39-6a49957c9175";
  if (!parts.empty()) hint = "a CRN holds the GUID in its eighth part; write that part alone";
  if (parts.size() > 7 && is_guid(parts[7])) {
    hint = "take the GUID out of the CRN: " + std::string(parts[7]);
  }
  node.error(quoted(value) + " is not an instance GUID", hint);
  return false;
}

bool check_resource_group(const YamlCursor& node, std::string_view value) {
  if (is_account_id(value) || is_guid(value)) return true;
  // IBM documents the form by its examples alone: an id of another length may be good.
  const bool is_hex = value.find_first_not_of("0123456789abcdefABCDEF-") == value.npos;
  if (is_hex && value.size() >= kShortestGroupId && value.size() <= kLongestGroupId) {
    node.warning(quoted(value) + " is an unusual resource group id: most have 32 hex digits",
                 "`ibmcloud resource groups` shows the id beside the name");
    return true;
  }
  const auto parts = crn_parts(value);
  std::string hint = "an id has 32 hex digits; `ibmcloud resource groups` shows it beside the name";
  if (!parts.empty()) hint = "take the id out of the CRN: " + quoted(parts.back());
  node.error(quoted(value) + " is not a resource group id", hint);
  return false;
}

std::string service_hint(std::string_view value) {
  const auto parts = crn_parts(value);
  if (parts.size() > 4 && !parts[4].empty()) {
    return "take the service name out of the CRN: " + quoted(parts[4]);
  }
  const std::string lower = to_lower(value);
  for (const auto& [console, service] : kConsoleNames) {
    if (lower == console) return "did you mean \"" + std::string(service) + "\"?";
  }
  return "a service is named as in its CRNs: kms, hs-crypto, server-protect, cloud-object-storage, "
         "is";
}

bool check_service(const YamlCursor& node, std::string_view value) {
  if (value.starts_with("is.") && value.size() > 3) {
    node.error(quoted(value) + " is not a service: the console writes so for a part of one",
               "write service: is and resourceType: " + printable(value.substr(3)));
    return false;
  }
  const bool good = std::all_of(value.begin(), value.end(), [](char c) {
    return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
  });
  if (!good) node.error(quoted(value) + " is not a service name", service_hint(value));
  return good;
}

/// The nearest valid name, for a hint; empty where nothing is left.
std::string as_name(std::string_view value) {
  std::string name;
  for (const char c : to_lower(value.substr(0, kMaxName))) {
    if (is_lower_or_digit(c))
      name += c;
    else if (!name.empty() && name.back() != '-')
      name += '-';
  }
  while (name.ends_with('-')) name.pop_back();
  return name;
}

}  // namespace

bool check_attribute_value(const YamlCursor& node, std::string_view value) {
  const std::size_t length = count_characters(value);
  if (length == 0 || length > kMaxValue) {
    node.error("a value has 1 to 1000 characters; this one has " + std::to_string(length));
    return false;
  }
  if (value.find_first_of("\n\t") != std::string_view::npos) {
    node.error("a value is one line without tabs, got " + quoted(value));
    return false;
  }
  return true;
}

bool check_account_id(const YamlCursor& node, std::string_view value) {
  if (is_account_id(value)) return true;
  std::string hint = "an account id has 32 hex digits; `ibmcloud account show` prints it";
  if (value.starts_with("a/") && is_account_id(value.substr(2))) {
    hint = "write it without the \"a/\" that a CRN has: " + std::string(value.substr(2));
  }
  node.error(quoted(value) + " is not an account id", hint);
  return false;
}

bool check_known_attribute(const YamlCursor& node, std::string_view name, std::string_view value) {
  if (name == "serviceName") return check_service(node, value);
  if (name == "serviceInstance") return check_guid(node, value);
  if (name == "resourceGroupId") return check_resource_group(node, value);
  if (name == "accountId") return check_account_id(node, value);
  if (value == "*") {
    node.warning("stringEquals compares with \"*\" literally; it does not mean \"any\"",
                 "use attributes with operator: stringExists and value: true");
  }
  return true;
}

bool check_name(const YamlCursor& node, std::string_view value, std::string_view what) {
  const bool good = !value.empty() && value.size() <= kMaxName &&
                    is_lower_or_digit(value.front()) && is_lower_or_digit(value.back()) &&
                    std::all_of(value.begin(), value.end(), [](char c) {
                      return is_lower_or_digit(c) || c == '-';
                    });
  if (good) return true;
  const std::string example = as_name(value);
  node.error(std::string(what) + " " + quoted(value) + " is not a valid name",
             "up to 63 of a-z, 0-9 and '-', a letter or digit at both ends" +
                 (example.empty() ? "" : "; for example " + quoted(example)));
  return false;
}

}  // namespace authzd
