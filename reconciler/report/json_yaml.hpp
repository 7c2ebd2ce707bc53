// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// JSON as YAML in block style, for people who read YAML. It includes nlohmann: for source files
// only.
#pragma once

#include "reconciler/report/json_values.hpp"

#include <string>

namespace authzd::report {

/// The same value, in the same order, with a final newline. Texts are quoted as in manifests.
std::string to_yaml(const Json& json);

}  // namespace authzd::report
