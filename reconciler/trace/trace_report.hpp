// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The report of `authzd record check` on a trace.
#pragma once

#include "reconciler/trace/facts.hpp"

#include <string>

namespace authzd {

/// For people: what the trace contradicts, settles and confirms, in that order, and the parts of
/// replies that authzd does not know.
std::string trace_text(const Trace& trace, const TraceVerdict& verdict);

/// One document, with every fact.
std::string trace_report_json(const Trace& trace, const TraceVerdict& verdict);

}  // namespace authzd
