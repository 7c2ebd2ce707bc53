// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/run_report.hpp"
#include "daemon/status/run_view.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/plan/risk.hpp"
#include "reconciler/report/layout.hpp"
#include "reconciler/report/look_alikes.hpp"
#include "reconciler/report/outcome_text.hpp"
#include "reconciler/report/text_table.hpp"
#include "reconciler/report/wording.hpp"
#include "reconciler/undo/undo.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace authzd {
namespace {

std::string who_text(const RunStart& start) {
  return printable(asked_by(start.who));
}

std::string done_text(const RunSummary& run) {
  if (!run.end) return "-";
  const RunCounts& counts = run.end->counts;
  return "+" + std::to_string(counts.created) + " ~" + std::to_string(counts.updated) + " -" +
         std::to_string(counts.deleted);
}

/// To the second: the id identifies a run.
std::string began_text(Timestamp began) {
  return to_rfc3339(std::chrono::floor<std::chrono::seconds>(began));
}

std::string kept_text(const RunSummary& run, Timestamp now) {
  const auto until = ids_kept_until(run);
  if (!until) return "-";
  return now < *until ? began_text(*until) : "over";
}

std::string undo_text(const RunSummary& run, Timestamp until, Timestamp now) {
  if (now >= until) {
    return "its deleted policies come back as new ones, with new ids: IAM kept them for 10 days, "
           "until " +
           began_text(until);
  }
  return "until " + began_text(until) + " `authzd undo " + printable(run.start.id) +
         "` brings its deleted policies back with their ids, later as new ones";
}

/// Of one of the run's actions.
std::string approvers_text(const RecordedAction& recorded, const AccountRun& run) {
  const auto place = static_cast<std::size_t>(&recorded - run.detail.actions.data());
  return place < run.approved_by.size() ? printable(join(run.approved_by[place], "; "))
                                        : std::string();
}

/// "root (uid 0): 42 actions", one after the other; empty: nobody had to approve anything.
std::string all_approvers_text(const AccountRun& run) {
  std::map<std::string, std::size_t> counts;
  for (const RecordedAction& recorded : run.detail.actions) {
    const std::string people = approvers_text(recorded, run);
    if (!people.empty()) ++counts[people];
  }
  std::vector<std::string> parts;
  for (const auto& [people, count] : counts) {
    parts.push_back(people + ": " + count_of(count, "action", "actions"));
  }
  return join(parts, "; ");
}

void show(Layout& out, const RecordedAction& recorded, const AccountRun& run) {
  const AccountId& account = run.id;
  const Action& action = recorded.action;
  const auto& shown = action.verb == Verb::remove ? action.before : action.after;
  const bool went_well = recorded.outcome && recorded.outcome->kind == OutcomeKind::done;
  out.gap();
  out.headline(went_well ? symbol_of(action.verb) : '!',
               shown ? grant_text(*shown, account, run.role_names) : printable(action.name));
  out.detail(to_string(action.verb),
             printable(action.name) + " · " + std::string(risk_text(action)));
  if (action.verb == Verb::update && action.before && action.after) {
    for (const auto& [label, change] :
         differences(*action.before, *action.after, account, run.role_names)) {
      out.detail(label, change);
    }
  }
  out.detail("because", reason_text(action));
  for (const auto& [label, fact] : rationale_facts(action.rationale)) out.detail(label, fact);
  if (action.author) out.detail("created by", author_text(*action.author));
  if (action.drift) out.detail("drift", drift_text(*action.drift));
  if (const std::string people = approvers_text(recorded, run); !people.empty()) {
    out.detail("approved by", people);
  }
  out.detail("outcome", recorded_outcome_text(recorded));
  const auto& outcome = recorded.outcome;
  const bool has_stored = outcome && outcome->stored;
  const PolicyId& id = has_stored ? outcome->stored->policy.id : action.id;
  if (!id.empty()) out.detail("policy", printable(id.value));
  if (outcome && outcome->error) out.detail("error", printable(to_string(*outcome->error)));
  if (outcome && !outcome->transaction_id.empty()) {
    out.detail("transaction", printable(outcome->transaction_id));
  }
}

/// It did what it was to do by a write that this run sent, and there is no more to say.
bool is_plainly_done(const RecordedAction& recorded) {
  const auto& outcome = recorded.outcome;
  const bool restores = recorded.action.verb == Verb::create && !recorded.action.id.empty();
  return outcome && outcome->kind == OutcomeKind::done && outcome->wrote && !outcome->error &&
         !restores;
}

void show_alike(Layout& out, const std::vector<const Action*>& group, const AccountRun& run) {
  const Action& first = *group.front();
  out.gap();
  out.headline(symbol_of(first.verb), grant_text(common_content(group), run.id, run.role_names));
  out.detail(to_string(first.verb), alike_text(group));
  out.detail("outcome", "done");
}

/// Of many, those that look alike as a number; what did not go well, each.
void show_grouped(Layout& out, const AccountRun& run) {
  std::vector<const Action*> done;
  std::map<const Action*, const RecordedAction*> recorded;
  for (const RecordedAction& each : run.detail.actions) {
    if (!is_plainly_done(each)) continue;
    done.push_back(&each.action);
    recorded.emplace(&each.action, &each);
  }
  for (const auto& group : look_alikes(done)) {
    if (group.size() == 1) {
      show(out, *recorded.at(group.front()), run);
    } else {
      show_alike(out, group, run);
    }
  }
  for (const RecordedAction& each : run.detail.actions) {
    if (!is_plainly_done(each)) show(out, each, run);
  }
}

}  // namespace

std::string recorded_outcome_text(const RecordedAction& action) {
  if (!action.outcome) {
    return action.writes.empty() ? "not begun" : "sent; its result is not known yet";
  }
  switch (action.outcome->kind) {
    case OutcomeKind::done:
      if (is_own_doing(*action.outcome)) return "done";
      return action.outcome->wrote ? "IAM had it already; it counts as done"
                                   : "nothing was written: IAM had it so already";
    case OutcomeKind::refused:
      if (action.outcome->wrote) {
        return "no read can tell any more: it may have been done, and counts as done";
      }
      if (is_refused_by_iam(*action.outcome)) {
        return refused_by_iam_text(*action.outcome);
      }
      return "not done: the policy was not as it was planned with";
    case OutcomeKind::failed:
      return action.outcome->wrote ? "failed; it may have been done, and counts as done" : "failed";
    case OutcomeKind::no_etag: return "not written: IAM gave no ETag to write with";
    case OutcomeKind::unconfirmed: return "sent, but no read has shown it gone yet";
    case OutcomeKind::unknown:
      return "sent, but its reply was lost: not known yet whether it was done";
    case OutcomeKind::restored: return "brought back: it changed while it was being deleted";
    case OutcomeKind::skipped: return "not begun: stopped before its turn";
  }
  return "unknown";
}

std::string end_text(const RunSummary& run) {
  if (!run.end) return "not ended";
  std::vector<std::string> parts;
  const RunCounts& counts = run.end->counts;
  if (!run.end->error.empty()) parts.push_back("error: " + printable(run.end->error));
  if (counts.unknown > 0) {
    parts.push_back(std::to_string(counts.unknown) + " with an unknown outcome");
  }
  if (counts.failed > 0) parts.push_back(std::to_string(counts.failed) + " failed");
  if (counts.held > 0) parts.push_back(std::to_string(counts.held) + " held");
  if (counts.conflicts > 0) {
    parts.push_back(count_of(counts.conflicts, "conflict", "conflicts"));
  }
  return parts.empty() ? "ok" : join(parts, ", ");
}

std::optional<Timestamp> ids_kept_until(const RunSummary& run) {
  if (!run.end || run.end->counts.deleted == 0) return std::nullopt;
  return run.start.began + kDeletedKept;
}

std::vector<std::pair<const AccountRuns*, const RunSummary*>> newest_first(
    std::span<const AccountRuns> accounts) {
  std::vector<std::pair<const AccountRuns*, const RunSummary*>> runs;
  for (const AccountRuns& account : accounts) {
    for (const RunSummary& run : account.runs) runs.emplace_back(&account, &run);
  }
  std::ranges::stable_sort(
      runs, std::ranges::greater{}, [](const auto& each) { return each.second->start.began; });
  return runs;
}

std::string runs_text(std::span<const AccountRuns> accounts, Timestamp now, std::size_t width) {
  std::vector<std::vector<std::string>> rows{
      {"RUN", "ACCOUNT", "BEGAN", "KIND", "BY", "DONE", "IDS KEPT UNTIL", "ENDED"}};
  for (const auto& [account, summary] : newest_first(accounts)) {
    const RunSummary& run = *summary;
    rows.push_back({printable(run.start.id),
                    printable(account->name),
                    began_text(run.start.began),
                    std::string(to_string(run.start.kind)),
                    who_text(run.start),
                    done_text(run),
                    kept_text(run, now),
                    end_text(run)});
  }
  if (rows.size() == 1) return "No runs are recorded.\n";
  return text_table(std::move(rows), {.width = width, .cut = {1, 4, 7}, .dropped = {6, 3}});
}

std::string run_text(const AccountRun& run, Timestamp now, TextStyle style, PlanDetail detail) {
  const RunSummary& summary = run.detail.run;
  Layout out(style);
  out.line("Run      " + printable(summary.start.id) + " (" +
           std::string(to_string(summary.start.kind)) + ", by " + who_text(summary.start) + ")");
  out.line("Account  " + printable(run.name) + " (" + printable(run.id.value) + ")");
  if (!summary.start.revision.empty()) out.line("Revision " + printable(summary.start.revision));
  if (const auto text = commit_text(run.commit); !text.empty()) out.line("Commit   " + text);
  if (!run.commit.link.empty()) out.line("Link     " + printable(run.commit.link));
  if (!summary.start.undoes.empty()) out.line("Undoes   " + printable(summary.start.undoes));
  if (const std::string people = all_approvers_text(run); !people.empty()) {
    out.line("Approved " + people);
  }
  out.line("Began    " + to_rfc3339(summary.start.began));
  if (summary.end) out.line("Ended    " + to_rfc3339(summary.end->ended));
  if (const auto until = ids_kept_until(summary)) {
    out.line("Undo     " + undo_text(summary, *until, now));
  }
  if (run.detail.actions.size() > kManyActions && !detail.alike) {
    show_grouped(out, run);
  } else {
    for (const RecordedAction& action : run.detail.actions) show(out, action, run);
  }
  out.gap();
  out.line("Result: " + done_text(summary) + "; " + end_text(summary) + ".");
  return std::move(out).take();
}

}  // namespace authzd
