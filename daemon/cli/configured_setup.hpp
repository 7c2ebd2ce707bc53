// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A setup out of a configuration file.
#pragma once

#include "daemon/cli/setup.hpp"

#include <string>

namespace authzd {

inline constexpr std::string_view kDefaultEndpoint = "https://iam.cloud.ibm.com";

/// Flags override the file: --account chooses among its accounts, --mode and --adopt apply to all
/// of them in this one call. An account whose mode in the file is observe is never written to.
tl::expected<Setup, SetupFailure> configured_setup(const std::string& file,
                                                   const CommonOptions& options,
                                                   const Environment& environment,
                                                   const SetupNeeds& needs);

}  // namespace authzd
