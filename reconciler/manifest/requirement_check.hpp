// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Compares an authorization with what the installation requires. Internal to this module.
#pragma once

#include "reconciler/manifest/authorization_decoder.hpp"
#include "reconciler/manifest/requirements.hpp"

namespace authzd {

/// Reports what an otherwise valid authorization lacks.
void check_requirements(const Authorization& authorization,
                        const AccountId& account,
                        const RequirementCheck& check,
                        Timestamp now);

}  // namespace authzd
