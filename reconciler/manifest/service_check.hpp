// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Checks service names: their form, and the names that are known without IAM.
#pragma once

#include "reconciler/manifest/yaml_cursor.hpp"
#include "reconciler/model/service_names.hpp"

#include <string_view>

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

}  // namespace authzd
