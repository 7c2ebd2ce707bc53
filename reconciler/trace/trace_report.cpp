// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/trace/trace_report.hpp"

#include "reconciler/base/text.hpp"

#include <array>

namespace authzd {
namespace {

std::string numbers(const std::vector<std::size_t>& exchanges) {
  std::vector<std::string> texts;
  for (const std::size_t number : exchanges) texts.push_back(std::to_string(number));
  return (texts.size() == 1 ? "exchange " : "exchanges ") + join(texts, ", ");
}

std::string finding_text(const FactFinding& finding) {
  const Fact& fact = *finding.fact;
  std::string text = "  " + std::string(fact.name) + ": " + std::string(fact.sentence) + "\n";
  text += "    seen: " + printable(join(finding.seen, "; ")) + " (" + numbers(finding.exchanges) +
          ")\n";
  if (finding.verdict == FactVerdict::contradicted) {
    text += "    expected: " + std::string(fact.expected) + "\n";
  }
  text += "    " + std::string(to_string(fact.basis)) + ", " + std::string(fact.source);
  if (!fact.sandbox.empty()) text += "; iam-sandbox --set " + std::string(fact.sandbox) + "=…";
  return text + "\n";
}

std::string section(const TraceVerdict& verdict, FactVerdict which, std::string_view title) {
  std::string text;
  for (const FactFinding& finding : verdict.findings) {
    if (finding.verdict == which) text += finding_text(finding);
  }
  return text.empty() ? text : std::string(title) + "\n" + text;
}

std::string_view kind_of_iam(Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::open: return "IAM's public endpoint";
    case Endpoint::closed: return "a private endpoint of IAM";
    case Endpoint::other: break;
  }
  return "another endpoint than IBM's: what it shows is not said of IAM";
}

}  // namespace

std::string trace_text(const Trace& trace, const TraceVerdict& verdict) {
  std::string text = count_of(trace.exchanges.size(), "exchange", "exchanges") + " with " +
                     std::string(kind_of_iam(trace.header.endpoint)) + ", recorded by authzd " +
                     printable(trace.header.authzd) + " from " + to_rfc3339(trace.header.begun) +
                     " on";
  text += trace.was_cut ? "; the rest did not fit\n" : "\n";
  text += section(verdict, FactVerdict::contradicted, "\nContradicted:");
  text += section(verdict, FactVerdict::settled, "\nSettled, where nobody knew:");
  text += section(verdict, FactVerdict::confirmed, "\nConfirmed:");
  if (!verdict.unknown.empty()) text += "\nNot known to this authzd:\n";
  for (const std::string& part : verdict.unknown) text += "  " + printable(part) + "\n";
  return text + "\n" + std::to_string(verdict.count(FactVerdict::contradicted)) +
         " contradicted, " + std::to_string(verdict.count(FactVerdict::settled)) + " settled, " +
         std::to_string(verdict.count(FactVerdict::confirmed)) + " confirmed; of " +
         count_of(verdict.count(FactVerdict::silent), "fact", "facts") +
         " the trace says nothing\n";
}

std::string trace_report_json(const Trace& trace, const TraceVerdict& verdict) {
  TraceJson json;
  json["endpoint"] = to_string(trace.header.endpoint);
  json["authzd"] = trace.header.authzd;
  json["begun"] = to_rfc3339(trace.header.begun);
  json["exchanges"] = trace.exchanges.size();
  json["cut"] = trace.was_cut;
  json["facts"] = TraceJson::array();
  for (const FactFinding& finding : verdict.findings) {
    const Fact& fact = *finding.fact;
    TraceJson one;
    one["name"] = fact.name;
    one["sentence"] = fact.sentence;
    one["verdict"] = to_string(finding.verdict);
    one["basis"] = to_string(fact.basis);
    one["source"] = fact.source;
    one["switch"] = fact.sandbox;
    one["expected"] = fact.expected;
    one["seen"] = finding.seen;
    one["exchanges"] = finding.exchanges;
    json["facts"].push_back(std::move(one));
  }
  json["unknown"] = verdict.unknown;
  return json_safe(json.dump(2, ' ', false, TraceJson::error_handler_t::replace)) + "\n";
}

}  // namespace authzd
