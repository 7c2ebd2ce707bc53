// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The two keys with which every document of authzd begins: apiVersion and kind.
#pragma once

#include "reconciler/manifest/yaml_cursor.hpp"

#include <string_view>

namespace authzd {

inline constexpr std::string_view kApiVersion = "authzd/v1";
inline constexpr std::string_view kAuthorizationKind = "Authorization";
inline constexpr std::string_view kConfigurationKind = "Configuration";

/// True where the document is of that kind; every fault of its header is reported. A document of
/// another kind gets that one report, because nothing else in it can be judged.
bool check_header(const YamlCursor& document, std::string_view kind);

}  // namespace authzd
