// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A trace that somebody sent: what is read is written as the same, and what is said of it may be
// shown.
#include "reconciler/base/text.hpp"
#include "reconciler/trace/trace_report.hpp"
#include "tests/fuzz/promises.hpp"

namespace authzd::fuzz {
namespace {

std::string written(const Trace& trace) {
  std::string text = header_line(trace.header) + "\n";
  std::size_t number = 0;
  for (const TraceExchange& exchange : trace.exchanges) {
    text += exchange_line(exchange, ++number) + "\n";
  }
  return text + (trace.was_cut ? cut_line() + "\n" : "");
}

}  // namespace

void trace(std::string_view input) {
  const auto read = read_trace(input);
  if (!read) {
    promise_showable(read.error().message, "why a trace is refused may be shown");
    return;
  }
  const std::string text = written(*read);
  promise_showable(text, "a trace may be shown");
  const auto again = read_trace(text);
  promise(again.has_value(), "what is written can be read");
  promise(written(*again) == text, "and is written as the same");
  const TraceVerdict verdict = judge_trace(*read);
  promise(verdict.findings.size() == facts().size(), "there is a finding for each fact");
  promise_showable(trace_text(*read, verdict), "the report may be shown");
  promise_showable(trace_report_json(*read, verdict), "the report as JSON may be shown");
}

}  // namespace authzd::fuzz
