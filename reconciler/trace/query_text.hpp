// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// "a=1&b=x%20y": queries and forms, as decoded pairs.
#pragma once

#include "reconciler/trace/pseudonyms.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace authzd {

using QueryPairs = std::vector<std::pair<std::string, std::string>>;

QueryPairs parse_query(std::string_view text);
std::string to_query(const QueryPairs& pairs);

/// Treats each value by the meaning of its parameter; masks secrets, and hides what is unknown.
QueryPairs hidden_query(const Pseudonyms& pseudonyms, const QueryPairs& pairs);

}  // namespace authzd
