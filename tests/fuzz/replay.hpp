// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// All fuzz targets by name, for the program that replays their corpora.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace authzd::fuzz {

using Target = void (*)(std::string_view input);

std::map<std::string, Target> targets();

}  // namespace authzd::fuzz
