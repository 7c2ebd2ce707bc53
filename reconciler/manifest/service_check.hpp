// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Checks of a service's name: by its form, and by the names that are known without IAM.
#pragma once

#include "reconciler/manifest/yaml_cursor.hpp"
#include "reconciler/model/service_names.hpp"

#include <string_view>

namespace authzd {

/// What service names are judged by.
struct ServiceCheck {
  const ServiceNames* names = nullptr;  // null: their form alone
  bool warns_of_unknown = false;        // where nobody asks IAM afterwards
};

/// Reports a name that no service has, at the node. False: it cannot be used.
bool check_service(const YamlCursor& node, std::string_view value, const ServiceCheck& check);

/// Warns of each role of the list that the service does not have under that name, and has under
/// another: no more than a warning, since an account may have roles of its own.
void check_roles(const YamlCursor& list, std::string_view service, const ServiceCheck& check);

}  // namespace authzd
