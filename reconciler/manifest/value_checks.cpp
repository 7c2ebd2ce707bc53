// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/value_checks.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/manifest/yaml_text.hpp"
#include "reconciler/model/attribute.hpp"
#include "reconciler/model/value_forms.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace authzd {
namespace {

constexpr std::string_view kPartOfVpc = "is.";

std::string hint_for(std::string_view meant) {
  if (!meant.starts_with(kPartOfVpc)) return "did you mean \"" + std::string(meant) + "\"?";
  return "write service: is and resourceType: " + printable(meant.substr(kPartOfVpc.size()));
}

std::string hint_for_form(std::string_view value, std::string_view meant) {
  const auto parts = crn_parts(value);
  if (parts.size() > 4 && !parts[4].empty()) {
    return "take the service name out of the CRN: " + quoted(parts[4]);
  }
  if (!meant.empty()) return hint_for(meant);
  return "a service is named as in its CRNs: kms, hs-crypto, server-protect, cloud-object-storage, "
         "is";
}

void warn_of_unknown(const YamlCursor& node, std::string_view value, const std::string& meant) {
  node.warning(quoted(value) + " is not known offline as a service",
               meant.empty() ? "IAM may know it: plan asks IAM" : hint_for(meant));
}

}  // namespace

bool check_service(const YamlCursor& node, std::string_view value, const ServiceCheck& check) {
  if (value.starts_with(kPartOfVpc) && value.size() > kPartOfVpc.size()) {
    node.error(quoted(value) + " is not a service: the console writes so for a part of one",
               hint_for(value));
    return false;
  }
  ServiceNames::Judgement judged;
  if (check.names != nullptr) judged = check.names->judge(value);
  if (!is_service_name(value)) {
    node.error(quoted(value) + " is not a service name", hint_for_form(value, judged.meant));
    return false;
  }
  if (judged.verdict == ServiceNames::Verdict::miswritten) {
    node.error("no service is called " + quoted(value), hint_for(judged.meant));
    return false;
  }
  if (judged.verdict == ServiceNames::Verdict::unknown && check.warns_of_unknown) {
    warn_of_unknown(node, value, check.names->nearest(value));
  }
  return true;
}

void check_roles(const YamlCursor& list, std::string_view service, const ServiceCheck& check) {
  if (!list.is_list() || check.names == nullptr) return;
  const auto items = list.list();
  for (const YamlCursor& item : *items) {
    if (item.raw_text().find_first_of("*?") != std::string::npos) continue;  // a glob
    const std::string meant = check.names->meant_role(service, item.raw_text());
    if (meant.empty()) continue;
    item.warning(
        "role " + quoted(item.raw_text()) + " of " + printable(service) + " is not known offline",
        "did you mean \"" + meant + "\"?");
  }
}

namespace {

constexpr std::size_t kMaxName = 63;

bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool check_instance(const YamlCursor& node, std::string_view value) {
  if (is_instance_id(value)) {
    if (!is_usual_instance_id(value)) {
      node.warning(quoted(value) + " is an unusual instance id: most are GUIDs",
                   "if that is its name, write instance: {name: " + quoted(value) +
                       "}; `ibmcloud resource service-instance NAME --id` shows its id");
    }
    return true;
  }
  if (!is_crn(value)) {
    node.error(
        quoted(value) + " is not an instance id: it looks like a key or a token",
        "an instance's id is mostly a GUID; a key that was in a repository has to be replaced");
    return false;
  }
  const auto parts = crn_parts(value);
  std::string hint = "a CRN holds the instance's id in its eighth part; write that part alone";
  if (parts.size() > 7 && !parts[7].empty() && is_instance_id(parts[7])) {
    hint = "take the instance's id out of the CRN: " + printable(parts[7]);
  }
  node.error(quoted(value) + " is a CRN, not an instance id", hint);
  return false;
}

bool check_resource_group(const YamlCursor& node, std::string_view value) {
  if (!is_crn(value)) {
    // IBM documents the form only by examples: an id of another form may be valid.
    if (!is_usual_resource_group_id(value)) {
      node.warning(quoted(value) + " is an unusual resource group id: most have 32 hex digits",
                   "`ibmcloud resource groups` shows the id beside the name");
    }
    return true;
  }
  node.error(quoted(value) + " is a CRN, not a resource group id",
             "take the id out of the CRN: " + quoted(crn_parts(value).back()));
  return false;
}

bool check_resource(const YamlCursor& node, std::string_view value) {
  if (!is_crn(value)) return true;
  const std::string_view last = crn_parts(value).back();
  node.error(quoted(value) + " is a CRN, not the name or id of a resource",
             last.empty() ? "write the last part of the resource's CRN alone"
                          : "take the last part of the CRN: " + quoted(last));
  return false;
}

/// The most similar valid name, for a hint; empty if nothing remains.
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

std::vector<std::string_view> crn_parts(std::string_view text) {
  std::vector<std::string_view> parts;
  if (!is_crn(text)) return parts;
  while (parts.size() < 9) {
    const std::size_t colon = text.find(':');
    parts.push_back(text.substr(0, colon));
    if (colon == std::string_view::npos) return parts;
    text.remove_prefix(colon + 1);
  }
  parts.push_back(text);
  return parts;
}

bool check_attribute_value(const YamlCursor& node, std::string_view value) {
  const std::size_t length = count_characters(value);
  if (length == 0 || length > kMaxValueLength) {
    node.error("a value has 1 to 1000 characters; this one has " + std::to_string(length));
    return false;
  }
  if (value.find_first_of("\n\t") != std::string_view::npos) {
    node.error("a value is one line without tabs, got " + quoted(value));
    return false;
  }
  return true;
}

std::optional<std::string> decode_line(const YamlCursor& node,
                                       std::string_view what,
                                       std::size_t most) {
  auto text = node.text();
  if (!text) return std::nullopt;
  const std::size_t length = count_characters(*text);
  const bool is_line = text->find_first_of("\n\t") == std::string::npos && trim(*text) == *text;
  if (is_line && length > 0 && length <= most) return text;
  node.error(std::string(what) + " is one line of 1 to " + std::to_string(most) +
                 " characters, got " + quoted(*text),
             length > most ? "it has " + std::to_string(length) + " characters" : "");
  return std::nullopt;
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

bool check_known_attribute(const YamlCursor& node,
                           std::string_view name,
                           std::string_view value,
                           const ServiceCheck& services) {
  if (name == "serviceName") return check_service(node, value, services);
  if (name == "resource" && !check_resource(node, value)) return false;
  if (name == "serviceInstance") return check_instance(node, value);
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
