// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The parts of a reply that authzd does not know: members, operators, states, codes. Maintainers
// look at these first.
#pragma once

#include "reconciler/trace/trace.hpp"

#include <string>
#include <vector>

namespace authzd {

/// "policies[].frequency", "policies[].subject.attributes[].operator stringContains": without
/// duplicates, sorted, at most 32. `exchange` is one that may be shown.
std::vector<std::string> unknown_parts(const TraceExchange& exchange);

}  // namespace authzd
