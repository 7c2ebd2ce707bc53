// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a reply has and authzd does not know: members, operators, states, codes. It is what a
// maintainer wants to hear of first.
#pragma once

#include "reconciler/trace/trace.hpp"

#include <string>
#include <vector>

namespace authzd {

/// "policies[].frequency", "policies[].subject.attributes[].operator stringContains": each once,
/// sorted, at most 32. `exchange` is one that may be shown.
std::vector<std::string> unknown_parts(const TraceExchange& exchange);

}  // namespace authzd
