// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Request targets, form bodies and the Date header, as text and as values.
#pragma once

#include "reconciler/base/time.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace authzd::sandbox {

/// "a=1&b=x%20y" decoded; the first of a repeated name counts.
std::map<std::string, std::string> parse_form(std::string_view text);

struct Target {
  std::vector<std::string> path;  // decoded segments
  std::map<std::string, std::string> query;
};
Target parse_target(std::string_view target);

/// The value of `name`; empty if there is none.
std::string param(const std::map<std::string, std::string>& params, const std::string& name);

/// IMF-fixdate: "Tue, 15 Nov 1994 08:12:31 GMT".
std::string http_date(Timestamp time);

}  // namespace authzd::sandbox
