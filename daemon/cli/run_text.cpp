// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/run_report.hpp"
#include "daemon/status/text_table.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/plan/risk.hpp"
#include "reconciler/report/layout.hpp"
#include "reconciler/report/wording.hpp"

namespace authzd {
namespace {

std::string who_text(const RunStart& start) {
  return start.who.empty() ? "timer" : printable(start.who);
}

std::string done_text(const RunSummary& run) {
  if (!run.end) return "-";
  const RunCounts& counts = run.end->counts;
  return "+" + std::to_string(counts.created) + " ~" + std::to_string(counts.updated) + " -" +
         std::to_string(counts.deleted);
}

/// To the second: runs are told apart by their id.
std::string began_text(Timestamp began) {
  return to_rfc3339(std::chrono::floor<std::chrono::seconds>(began));
}

std::string_view outcome_word(const RecordedAction& action) {
  if (!action.outcome) {
    return action.writes.empty() ? "not begun" : "sent; nobody knows yet how it ended";
  }
  switch (action.outcome->kind) {
    case OutcomeKind::done: return "done";
    case OutcomeKind::refused: return "refused: the policy was not as it was planned with";
    case OutcomeKind::failed: return "failed";
    case OutcomeKind::no_etag: return "not written: IAM gave no ETag to write with";
    case OutcomeKind::unconfirmed: return "deleted, but no read had shown it gone yet";
    case OutcomeKind::restored: return "brought back: it changed while it was being deleted";
    case OutcomeKind::skipped: return "not begun: stopped before its turn";
  }
  return "unknown";
}

void show(Layout& out, const RecordedAction& recorded, const AccountId& account) {
  const Action& action = recorded.action;
  const auto& shown = action.verb == Verb::remove ? action.before : action.after;
  const bool went_well = recorded.outcome && recorded.outcome->kind == OutcomeKind::done;
  out.gap();
  out.headline(went_well ? symbol_of(action.verb) : '!',
               shown ? grant_text(*shown, account, {}) : printable(action.name));
  out.detail(to_string(action.verb),
             printable(action.name) + " · " + std::string(risk_text(action)));
  if (action.verb == Verb::update && action.before && action.after) {
    for (const auto& [label, change] : differences(*action.before, *action.after, account, {})) {
      out.detail(label, change);
    }
  }
  out.detail("because", reason_text(action.reason));
  if (action.drift) out.detail("drift", drift_text(*action.drift));
  out.detail("outcome", outcome_word(recorded));
  const auto& outcome = recorded.outcome;
  const bool has_stored = outcome && outcome->stored;
  const PolicyId& id = has_stored ? outcome->stored->policy.id : action.id;
  if (!id.empty()) out.detail("policy", printable(id.value));
  if (outcome && outcome->error) out.detail("error", printable(to_string(*outcome->error)));
  if (outcome && !outcome->transaction_id.empty()) {
    out.detail("transaction", printable(outcome->transaction_id));
  }
}

}  // namespace

std::string end_text(const RunSummary& run) {
  if (!run.end) return "not ended";
  if (!run.end->error.empty()) return "error: " + printable(run.end->error);
  std::vector<std::string> parts;
  const RunCounts& counts = run.end->counts;
  if (counts.failed > 0) parts.push_back(std::to_string(counts.failed) + " failed");
  if (counts.held > 0) parts.push_back(std::to_string(counts.held) + " held");
  if (counts.conflicts > 0) {
    parts.push_back(count_of(counts.conflicts, "conflict", "conflicts"));
  }
  return parts.empty() ? "ok" : join(parts, ", ");
}

std::string runs_text(std::span<const AccountRuns> accounts) {
  std::vector<std::vector<std::string>> rows{
      {"RUN", "ACCOUNT", "BEGAN", "KIND", "BY", "DONE", "ENDED"}};
  for (const AccountRuns& account : accounts) {
    for (const RunSummary& run : account.runs) {
      rows.push_back({printable(run.start.id),
                      printable(account.name),
                      began_text(run.start.began),
                      std::string(to_string(run.start.kind)),
                      who_text(run.start),
                      done_text(run),
                      end_text(run)});
    }
  }
  if (rows.size() == 1) return "No runs are recorded.\n";
  return text_table(rows);
}

std::string run_text(const AccountRun& run, bool colour) {
  const RunSummary& summary = run.detail.run;
  Layout out(colour);
  out.line("Run      " + printable(summary.start.id) + " (" +
           std::string(to_string(summary.start.kind)) + ", by " + who_text(summary.start) + ")");
  out.line("Account  " + printable(run.name) + " (" + printable(run.id.value) + ")");
  if (!summary.start.revision.empty()) out.line("Revision " + printable(summary.start.revision));
  out.line("Began    " + to_rfc3339(summary.start.began));
  if (summary.end) out.line("Ended    " + to_rfc3339(summary.end->ended));
  for (const RecordedAction& action : run.detail.actions) show(out, action, run.id);
  out.gap();
  out.line("Result: " + done_text(summary) + "; " + end_text(summary) + ".");
  return std::move(out).take();
}

}  // namespace authzd
