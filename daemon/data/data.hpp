// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What IBM publishes about its services: their names, their roles, and which of them it documents
// being authorized for which. JSON text as it lies in this folder; each reader reads it with
// code of its own. Neither file says what IAM refuses: what is missing may well be offered.
#pragma once

#include <string_view>

namespace authzd {

/// Names, titles and roles of the services, and the published CRNs that the role's name alone does
/// not give.
extern const std::string_view kServiceRoles;

/// Documented (source, target) pairs with their roles, each with the page that documents it.
extern const std::string_view kPairs;

}  // namespace authzd
