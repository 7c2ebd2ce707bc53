// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Checks of single values, each with a hint for its usual mistake. All report at the node and
// return whether the value can be used. Service names are checked for their form, and against the
// names that are known without IAM.
#pragma once

#include "reconciler/manifest/yaml_cursor.hpp"
#include "reconciler/model/service_names.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// The input of the checks.
struct ServiceCheck {
  const ServiceNames* names = nullptr;  // null: checks only the form
  bool warns_of_unknown = false;        // for callers that do not ask IAM afterwards
};

/// Reports at the node a name that no service has. False: it cannot be used.
bool check_service(const YamlCursor& node, std::string_view value, const ServiceCheck& check);

/// Warns of each role in the list that the service has under another name. It is only a warning,
/// because an account may have custom roles.
void check_roles(const YamlCursor& list, std::string_view service, const ServiceCheck& check);

/// One line of 1 to 1000 characters: IAM's limit for an attribute's value.
bool check_attribute_value(const YamlCursor& node, std::string_view value);

/// One line of 1 to `most` characters, without blanks around it; reports anything else.
std::optional<std::string> decode_line(const YamlCursor& node,
                                       std::string_view what,
                                       std::size_t most);

/// 32 hex digits. The hint explains a leading "a/".
bool check_account_id(const YamlCursor& node, std::string_view value);

/// Further checks for the values that stringEquals compares these attributes with: serviceName,
/// serviceInstance, resourceGroupId, resource, accountId. True for any other attribute.
bool check_known_attribute(const YamlCursor& node,
                           std::string_view name,
                           std::string_view value,
                           const ServiceCheck& services);

/// The parts of "crn:v1:bluemix:public:kms:us-south:a/…:<instance>:<type>:<resource>", at most ten;
/// empty if the text is not a CRN.
std::vector<std::string_view> crn_parts(std::string_view text);

/// An RFC 1123 label: 1–63 of [a-z0-9-], a letter or digit at both ends.
bool check_name(const YamlCursor& node, std::string_view value, std::string_view what);

}  // namespace authzd
