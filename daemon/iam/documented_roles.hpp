// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The roles with which IBM documents a service being authorized for another one (daemon/data).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// Display names, sorted; of the documented pair that names the least beyond the two services.
/// Empty: the pair is not documented, which does not mean that IAM refuses it.
std::vector<std::string> documented_roles(std::string_view source, std::string_view target);

}  // namespace authzd
