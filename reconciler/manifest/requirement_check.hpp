// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Compares an authorization with what the installation requires. Internal to this module.
#pragma once

#include "reconciler/manifest/authorization_decoder.hpp"
#include "reconciler/manifest/diagnostic.hpp"
#include "reconciler/manifest/loader.hpp"

#include <vector>

namespace authzd {

/// Reports what an otherwise valid authorization lacks. `problems`: to which its cursors report.
void check_requirements(const Authorization& authorization,
                        const LoadOptions& options,
                        std::vector<Diagnostic>& problems);

}  // namespace authzd
