// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/status_keeper.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/plan/notes.hpp"
#include "reconciler/plan/risk.hpp"
#include "reconciler/report/assertion_text.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

namespace authzd {
namespace {

/// The content of a condition, without its start time.
struct Saying {
  bool is_true = false;
  std::string reason;
  std::string message = {};
  ConditionReason kind = ConditionReason::other;
};

void set(Condition& condition, Saying verdict, Timestamp now) {
  const bool is_same = condition.is_true == verdict.is_true && condition.reason == verdict.reason;
  if (!is_same) condition.since = now;
  condition.is_true = verdict.is_true;
  condition.reason = std::move(verdict.reason);
  condition.kind = verdict.kind;
  condition.message = std::move(verdict.message);
}

/// `word`: of an error or of a note.
Saying no(std::string_view word, std::string message) {
  return {false, std::string(word), std::move(message)};
}

Saying no(ConditionReason reason, std::string message = {}) {
  return {false, std::string(to_string(reason)), std::move(message), reason};
}

/// `word`: of an error or of a note.
Saying yes(std::string_view word, std::string message) {
  return {true, std::string(word), std::move(message)};
}

Saying yes(ConditionReason reason, std::string message = {}) {
  return {true, std::string(to_string(reason)), std::move(message), reason};
}

Saying doubted_clock(const TrustedTime& time) {
  const auto reason = time.source == TimeSource::disputed ? ConditionReason::clock_skew
                                                          : ConditionReason::clock_unknown;
  return no(reason, clock_text(time));
}

/// With the first of what the loader found, so that nobody has to look for it in the log.
std::string refusal_text(const Refusal& refusal) {
  constexpr std::size_t kMostShown = 3;
  std::string text = to_string(refusal.error);
  std::size_t errors = 0;
  for (const Diagnostic& diagnostic : refusal.diagnostics) {
    if (diagnostic.severity != Severity::error || ++errors > kMostShown) continue;
    text += (errors == 1 ? ": " : "; ") + one_line(diagnostic);
  }
  if (errors > kMostShown) text += "; and " + std::to_string(errors - kMostShown) + " more";
  return text;
}

/// Nothing failed: what was not done was not begun, because the cycle was to end.
bool was_cut_short(const Performed& performed) {
  bool is_any = false;
  for (const Outcome& outcome : performed.outcomes) {
    if (outcome.kind == OutcomeKind::skipped) {
      is_any = true;
    } else if (outcome.kind != OutcomeKind::done) {
      return false;
    }
  }
  return is_any;
}

/// Of this cycle, and of earlier ones.
std::size_t unknown_outcomes(const Performed& performed) {
  const auto open =
      std::ranges::count(performed.planned.plan.notes, NoteReason::outcome_unknown, &Note::reason);
  return static_cast<std::size_t>(open) + count(performed).unknown;
}

Saying ready_by_plan(const CycleEnd& end) {
  if (end.error) return no(to_string(end.error->code), to_string(*end.error));
  if (end.refusal) return no(ConditionReason::revision_refused, refusal_text(*end.refusal));
  if (!end.performed && end.wait) {
    return no(ConditionReason::waits_for_wave,
              "the first revision, " + end.wait->revision + ", waits: " + end.wait->why);
  }
  if (!end.performed) return no(ConditionReason::no_manifests, "there is nothing to enforce");
  if (end.suspension) return no(ConditionReason::suspended, "by " + end.suspension->who);
  const Planned& planned = end.performed->planned;
  if (!planned.time.is_trusted()) return doubted_clock(planned.time);
  const PlanCounts counts = count(planned.plan);
  const StateAge& age = planned.findings.state_age;
  if (age.unknown)
    return no(to_string(NoteReason::state_older_than_account), state_age_text(*age.unknown));
  if (const std::size_t unknown = unknown_outcomes(*end.performed); unknown > 0) {
    return no(ConditionReason::outcome_unknown,
              "whether IAM did " + count_of(unknown, "write", "writes") +
                  " is not known yet: nothing more is written there until a read tells; see authzd "
                  "plan");
  }
  const std::size_t failed = count(*end.performed).failed;
  if (was_cut_short(*end.performed)) {
    return no(ConditionReason::cut_short,
              count_of(failed, "write was", "writes were") +
                  " not begun: the daemon stops, or has a new configuration");
  }
  if (failed > 0) {
    return no(ConditionReason::writes_failed, count_of(failed, "write", "writes") + " failed");
  }
  if (counts.held > 0) {
    std::string held = count_of(counts.held, "action is", "actions are") + " held by rails";
    if (counts.conflicts > 0) {
      held += ", and " + count_of(counts.conflicts, "conflict needs", "conflicts need") +
              " a decision: see authzd plan";
    }
    return no(ConditionReason::held, std::move(held));
  }
  if (counts.conflicts > 0) {
    return no(ConditionReason::conflicts,
              count_of(counts.conflicts, "conflict", "conflicts") + ", see authzd plan");
  }
  const auto kept = std::ranges::count(planned.plan.notes, NoteReason::protection, &Note::reason);
  if (kept > 0) {
    return no(to_string(NoteReason::protection),
              count_of(static_cast<std::size_t>(kept), "change waits", "changes wait") +
                  " until the protection of its policy ends; see authzd plan");
  }
  if (age.standing)
    return yes(to_string(NoteReason::state_older_than_account), state_age_text(*age.standing));
  if (counts.dropped > 0) {
    return yes(
        ConditionReason::kept_back,
        count_of(counts.dropped, "change is", "changes are") + " kept back, see authzd plan");
  }
  return yes(ConditionReason::in_sync);
}

/// What the rails do not know either is reported whether or not it holds anything.
Saying ready_of(const CycleEnd& end) {
  Saying verdict = ready_by_plan(end);
  if (end.unmet > 0 && !end.refusal) {
    if (!verdict.message.empty()) verdict.message += "; ";
    verdict.message +=
        "the revision in force stays so, but lacks what the configuration requires (" +
        count_of(end.unmet, "problem", "problems") +
        "), and the next one needs it: see authzd plan";
  }
  if (end.error || !end.performed || end.performed->planned.is_use_known) return verdict;
  if (!verdict.message.empty()) verdict.message += "; ";
  verdict.message +=
      "when policies were last used is unknown: IAM refused to say, and is asked again later";
  return verdict;
}

/// A person has to act before this can continue.
bool needs_a_person(const Error& error) {
  switch (error.code) {
    case ErrorCode::partial_view:
    case ErrorCode::foreign_list:
    case ErrorCode::unauthenticated:
    case ErrorCode::forbidden:
    case ErrorCode::invalid_config:
    case ErrorCode::invalid_manifest:
    case ErrorCode::internal: return true;
    default: return false;
  }
}

/// The state is older than the account, and actions wait for the person who is to examine that.
bool waits_for_trust(const Performed& performed) {
  const StateAge& age = performed.planned.findings.state_age;
  return age.unknown || (age.standing && count(performed.planned.plan).held > 0);
}

Saying stalled_of(const CycleEnd& end, const std::vector<FailingObject>& failing) {
  if (end.error) return yes(to_string(end.error->code), to_string(*end.error));
  if (end.refusal && !end.performed) {
    return yes(ConditionReason::revision_refused, refusal_text(*end.refusal));
  }
  const auto stalled =
      std::ranges::count(failing, to_string(NoteReason::stalled), &FailingObject::reason);
  if (stalled > 0) {
    return yes(ConditionReason::objects_stalled,
               count_of(static_cast<std::size_t>(stalled), "object needs", "objects need") +
                   " the same write again and again");
  }
  if (end.performed && waits_for_trust(*end.performed)) {
    return yes(to_string(NoteReason::state_older_than_account),
               state_age_text(*end.performed->planned.findings.state_age.found()));
  }
  return no(ConditionReason::progressing);
}

std::vector<HeldActions> holds_of(const Plan& plan) {
  std::vector<HeldActions> holds;
  for (const Action& action : plan.actions) {
    for (const Hold& hold : action.holds) {
      const auto known = std::ranges::find(holds, hold.hash, &HeldActions::hash);
      if (known == holds.end()) {
        holds.push_back({hold.hash, hold.rail, hold.message, 1, hold.until});
      } else {
        ++known->actions;
      }
    }
  }
  std::ranges::sort(
      holds, {}, [](const HeldActions& hold) { return std::tie(hold.rail, hold.hash); });
  return holds;
}

std::string unreadable_of(const Plan& plan) {
  const auto note = std::ranges::find(plan.notes, NoteReason::unreadable, &Note::reason);
  return note == plan.notes.end() ? std::string() : note->message;
}

/// Someone else gave more access, and this cycle does not take it back.
std::size_t standing_widenings(const Performed& performed) {
  std::set<std::size_t> failed;
  for (const Outcome& outcome : performed.outcomes) {
    if (outcome.kind != OutcomeKind::done) failed.insert(outcome.action);
  }
  const Plan& plan = performed.planned.plan;
  std::size_t standing = 0;
  for (std::size_t i = 0; i < plan.actions.size(); ++i) {
    const bool remains = is_held(plan.actions[i]) || failed.contains(i);
    if (remains && takes_back_widening(plan.actions[i])) ++standing;
  }
  for (const Note& note : plan.notes) {
    standing += static_cast<std::size_t>(std::ranges::count_if(note.dropped, takes_back_widening));
  }
  return standing;
}

Saying held_of(const std::vector<HeldActions>& holds) {
  if (holds.empty()) return no(ConditionReason::nothing_held);
  std::string rails;
  for (const HeldActions& hold : holds) rails += (rails.empty() ? "" : "; ") + hold.message;
  return yes(ConditionReason::rails, std::move(rails));
}

/// "Violated" before "Undecided", which is not "holds" either.
Saying assertions_of(const std::vector<AssertionResult>& results) {
  if (results.empty()) return yes(ConditionReason::no_assertions);
  const AssertionCounts counts = count(results);
  if (counts.violated > 0) return no(ConditionReason::violated, trouble_text(results));
  if (counts.undecided > 0) return no(ConditionReason::undecided, trouble_text(results));
  return yes(ConditionReason::all_hold);
}

/// Reviews first: they need somebody, and an end comes by itself.
Saying due_of(const DueDates& due) {
  if (due.dates.empty()) return no(ConditionReason::nothing_due);
  constexpr std::size_t kMostShown = 3;
  std::string text;
  const std::size_t shown = std::min(due.dates.size(), kMostShown);
  for (std::size_t i = 0; i < shown; ++i) text += (i == 0 ? "" : "; ") + due_text(due.dates[i]);
  const std::size_t all = due.ends + due.reviews;
  if (all > shown) text += "; and " + std::to_string(all - shown) + " more";
  const auto reason = due.reviews > 0 ? ConditionReason::reviews_due : ConditionReason::ends_soon;
  return yes(reason, std::move(text));
}

std::vector<std::string> violations_of(const std::vector<AssertionResult>& results) {
  std::vector<std::string> violations;
  for (const AssertionResult& result : results) {
    for (const AssertionFinding& finding : result.findings) {
      if (finding.verdict != Verdict::violated) continue;
      violations.push_back(result.name + (finding.id.empty() ? "" : " policy " + finding.id.value));
    }
  }
  std::ranges::sort(violations);
  return violations;
}

LastRun last_run_of(const CycleEnd& end, const RunStart& run, Timestamp now) {
  LastRun last;
  last.id = run.id;
  last.began = run.began;
  last.ended = now;
  if (!end.performed) return last;
  const Planned& planned = end.performed->planned;
  const PerformedCounts done = count(*end.performed);
  last.revision = planned.revision;
  last.planned = count(planned.plan);
  last.policies = planned.policies;
  last.created = done.created;
  last.updated = done.updated;
  last.deleted = done.deleted;
  last.already = done.already;
  last.already_gone = done.already_gone;
  last.failed = done.failed;
  last.drifted = static_cast<std::size_t>(
      std::ranges::count_if(wanted_actions(planned.plan),
                            [](const Action* action) { return action->drift.has_value(); }));
  return last;
}

}  // namespace

AccountStatus with_begun_cycle(AccountStatus status, Timestamp now) {
  set(status.reconciling, yes(ConditionReason::cycle_under_way), now);
  status.next_cycle.reset();
  return status;
}

AccountStatus with_ended_cycle(AccountStatus status,
                               const CycleEnd& end,
                               const RunStart& run,
                               std::vector<FailingObject> failing,
                               Timestamp now) {
  set(status.reconciling, no(ConditionReason::waiting), now);
  set(status.ready, ready_of(end), now);
  if (!end.error || needs_a_person(*end.error)) set(status.stalled, stalled_of(end, failing), now);
  status.is_suspended = end.suspension.has_value();
  status.is_suspended_with_all = end.suspension && !end.suspension->account;
  status.last_run = last_run_of(end, run, now);
  if (end.refusal && !end.refusal->revision.empty()) {
    status.attempted_revision = end.refusal->revision;
  }
  if (end.error) return status;

  status.failing = std::move(failing);
  status.holds.clear();
  status.held_actions = 0;
  status.standing_widenings = 0;
  if (end.performed) {
    const Planned& planned = end.performed->planned;
    status.holds = holds_of(planned.plan);
    status.held_actions = count(planned.plan).held;
    status.unreadable = unreadable_of(planned.plan);
    status.standing_widenings = standing_widenings(*end.performed);
    status.policies = planned.policies;
    set(status.assertions_hold, assertions_of(planned.plan.assertions), now);
    status.assertions = count(planned.plan.assertions);
    set(status.due, due_of(planned.due), now);
    status.due_dates = planned.due;
    status.violations = violations_of(planned.plan.assertions);
    status.pinned = static_cast<std::size_t>(
        std::ranges::count(planned.plan.notes, NoteReason::pinned, &Note::reason));
    status.clock_skew = planned.time.skew;
    status.unknown_outcomes = unknown_outcomes(*end.performed);
    if (!end.refusal) status.attempted_revision = planned.revision;
  }
  set(status.held, held_of(status.holds), now);
  return status;
}

}  // namespace authzd
