// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The JSON Schemas, as the build found them beside the manifests and the default configuration.
#pragma once

#include <string_view>

namespace authzd {

extern const std::string_view kAuthorizationSchema;
extern const std::string_view kConfigurationSchema;
extern const std::string_view kFleetSchema;

}  // namespace authzd
