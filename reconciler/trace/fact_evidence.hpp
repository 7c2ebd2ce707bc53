// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the exchanges of a trace show about each fact.
#pragma once

#include "reconciler/trace/facts.hpp"
#include "reconciler/trace/trace.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace authzd {

struct FactSighting {
  FactId fact;
  std::string seen;
  std::size_t exchange;  // its number, from 1
};

/// In the order of the exchanges; results of the whole trace at the end.
std::vector<FactSighting> sightings_in(const Trace& trace);

}  // namespace authzd
