// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What IBM publishes about its services (daemon/data), for messages and comparisons without IAM.
#pragma once

#include "reconciler/model/role.hpp"
#include "reconciler/model/service_names.hpp"

#include <string_view>
#include <vector>

namespace authzd {

const ServiceNames& known_services();

/// The roles that IBM publishes for a target: a service, or every service of a group. An
/// unpublished CRN is made by IBM's rule for them (iam-api §4): for comparing only, and nothing is
/// written from it.
std::vector<Role> published_roles(const RoleQuery& pair);

}  // namespace authzd
