// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Request targets and form bodies taken apart.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace authzd::sandbox {

/// "a=1&b=x%20y" decoded; of a repeated name the first counts.
std::map<std::string, std::string> parse_form(std::string_view text);

struct Target {
  std::vector<std::string> path;  // decoded segments
  std::map<std::string, std::string> query;
};
Target parse_target(std::string_view target);

/// The value of `name`; empty where there is none.
std::string param(const std::map<std::string, std::string>& params, const std::string& name);

}  // namespace authzd::sandbox
