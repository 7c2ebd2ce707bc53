// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/cycle_log.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/plan/risk.hpp"
#include "reconciler/plan/stall.hpp"
#include "reconciler/report/wording.hpp"

#include <set>
#include <string>
#include <vector>

namespace authzd {
namespace {

void log_conflicts(AccountRuntime& account, const Plan& plan) {
  for (const Note& note : plan.notes) {
    if (note.kind != NoteKind::conflict) continue;
    if (!account.is_news("conflict " + note.name + note.id.value + note.message)) continue;
    account.log().warning("conflict",
                          {{"reason", std::string(to_string(note.reason))},
                           {"name", note.name},
                           {"from", to_string(note.position)},
                           {"policy", note.id.value},
                           {"what", note.message}});
  }
}

void log_drift(AccountRuntime& account, const Plan& plan) {
  for (const Action* action : wanted_actions(plan)) {
    if (!action->drift) continue;
    const Drift& drift = *action->drift;
    if (!account.is_news("drift " + object_of(*action) + drift.at)) continue;
    const bool is_deleted = !drift.deleted.empty();
    account.log().warning(is_deleted ? "drift: someone else deleted one of our policies"
                                     : "drift: someone else changed what is ours",
                          {{"name", action->name},
                           {"policy", is_deleted ? drift.deleted.value : action->id.value},
                           {"by", drift.by.value},
                           {"at", drift.at}});
  }
}

/// Only policies that no manifest wants; the others are drift.
void log_gone(AccountRuntime& account, const Planned& planned) {
  std::set<PolicyId> wanted;
  for (const Action* action : wanted_actions(planned.plan)) {
    if (action->drift) wanted.insert(action->drift->deleted);
  }
  for (const PolicyId& id : planned.findings.gone) {
    if (wanted.contains(id)) continue;
    const auto found = planned.findings.deletions.find(id);
    const Drift drift = found == planned.findings.deletions.end() ? Drift{} : found->second;
    account.log().warning("someone else deleted one of our policies, which no manifest wants",
                          {{"policy", id.value}, {"by", drift.by.value}, {"at", drift.at}});
  }
}

/// An accidental destroy of everything must not be one line among many.
void log_restores(AccountRuntime& account, const Plan& plan) {
  std::size_t restores = 0;
  std::set<std::string> by;
  for (const Action& action : plan.actions) {
    if (action.verb != Verb::create || !action.is_restore || is_held(action)) continue;
    ++restores;
    if (action.drift && !action.drift->by.empty()) by.insert(action.drift->by.value);
  }
  if (restores == 0 || !account.is_news("restores " + std::to_string(restores))) return;
  const auto& limit = account.spec().rails.limits.max_restore;
  account.log().warning("others deleted our policies; they are restored now",
                        {{"policies", std::to_string(restores)},
                         {"by", join(std::vector<std::string>(by.begin(), by.end()), ", ")},
                         {"rails.maxRestore", limit ? std::to_string(*limit) : "unlimited"}});
}

void log_holds(AccountRuntime& account, const Plan& plan) {
  for (const Action& action : plan.actions) {
    for (const Hold& hold : action.holds) {
      if (!account.is_news("hold " + hold.hash)) continue;
      account.log().warning("held by a rail",
                            {{"rail", hold.rail}, {"why", hold.message}, {"hash", hold.hash}});
    }
  }
}

void log_ends(AccountRuntime& account, const Plan& plan) {
  for (const GrantEnd& end : plan.ends) {
    if (!is_change(end)) continue;
    const std::string what = end_text(end);
    if (!account.is_news("end " + end.key.text() + what)) continue;
    account.log().info("the end of a grant changes",
                       {{"name", end.name},
                        {"from", to_string(end.position)},
                        {"what", what},
                        {"class", std::string(to_string(risk_of(end)))}});
  }
}

void log_clock(AccountRuntime& account, const TrustedTime& time) {
  if (time.is_trusted() || !account.is_news("clock")) return;
  account.log().warning(clock_text(time));
}

void log_state_age(AccountRuntime& account, const StateAge& age) {
  const bool is_older_copy = age.standing && age.standing->policy.empty();
  if (!age.unknown && is_older_copy && account.is_news("the state is an older copy")) {
    account.log().error("the state is older than the account",
                        {{"what", state_age_text(*age.standing)}});
  }
  if (!age.unknown) return;
  account.log().error(
      "the state is older than the account",
      {{"policy", age.unknown->policy.value}, {"what", state_age_text(*age.unknown)}});
}

void log_stalled(AccountRuntime& account, const Planned& planned, const Action& action) {
  const bool is_contested = action.stall && action.stall->is_contested;
  account.log().warning(is_contested
                            ? "stalled: another installation with our owner and key undoes it"
                            : "stalled: the same write is needed again and again",
                        {{"name", action.name},
                         {"policy", action.id.value},
                         {"what", action.stall ? stall_text(*action.stall) : ""},
                         {"sides", sides_text(action, planned.plan.account, planned.role_names)},
                         {"by", action.drift ? action.drift->by.value : ""}});
}

}  // namespace

void log_refusal(AccountRuntime& account, const Refusal& refusal) {
  if (!account.is_news("refusal " + refusal.revision + refusal.error.message)) return;
  for (const Diagnostic& diagnostic : refusal.diagnostics) {
    if (diagnostic.severity != Severity::error) continue;
    account.log().error("manifest error",
                        {{"at", to_string(diagnostic.position)},
                         {"error", diagnostic.message},
                         {"hint", diagnostic.hint}});
  }
  account.log().error(
      "the newest revision is refused; the last good one remains in force, if there is one",
      {{"revision", refusal.revision}, {"error", to_string(refusal.error)}});
}

void log_unmet(AccountRuntime& account, const Intent& intent) {
  for (const Diagnostic& warning : intent.warnings) {
    if (!warning.is_unmet || !account.is_news("unmet " + one_line(warning))) continue;
    account.log().warning("the revision in force lacks what the configuration requires",
                          {{"at", to_string(warning.position)},
                           {"problem", warning.message},
                           {"hint", warning.hint}});
  }
}

void log_failure(AccountRuntime& account, const Error& error) {
  account.log().error("the cycle failed; nothing was written", {{"error", to_string(error)}});
}

void log_rollout(AccountRuntime& account, const CycleEnd& end) {
  if (end.wait && account.is_news("wave " + end.wait->revision + end.wait->wave)) {
    account.log().info("the newest revision waits",
                       {{"revision", end.wait->revision}, {"why", end.wait->why}});
  }
  const RolloutNews& news = end.rollout;
  if (!news.stopped.empty() && account.is_news("rollout " + news.stopped)) {
    account.log().warning("this account stops the rollout", {{"why", news.stopped}});
  }
  if (!news.complete.empty()) {
    account.log().info("every account has the revision", {{"revision", news.complete}});
  }
}

void log_suspension(AccountRuntime& account, const Suspension& suspension) {
  if (!account.is_news("suspended")) return;
  account.log().warning("suspended: this account is planned, and nothing is written",
                        {{"scope", suspension.account ? "account" : "all accounts"},
                         {"by", suspension.who},
                         {"since", to_rfc3339(suspension.since)}});
}

void log_loose_ends(const AccountRuntime& account, const OpenWrites& ends) {
  for (const Error& gap : ends.gaps) {
    account.log().error("a delete took a change with it", {{"error", to_string(gap)}});
  }
  for (const Error& doubt : ends.doubts) {
    account.log().warning("an earlier write may have been done", {{"error", to_string(doubt)}});
  }
  if (ends.settled == 0) return;
  account.log().info("found out how earlier writes ended",
                     {{"writes", std::to_string(ends.settled)}});
}

void log_findings(AccountRuntime& account, const Planned& planned) {
  log_clock(account, planned.time);
  log_loose_ends(account, planned.findings.open_writes);
  log_state_age(account, planned.findings.state_age);
  log_gone(account, planned);
  for (const PolicyId& id : planned.findings.foreign) {
    account.log().warning(
        "forgot a policy of another account, of a service or of a template, which the state held "
        "as ours; it is not touched",
        {{"policy", id.value}});
  }
  log_conflicts(account, planned.plan);
  log_drift(account, planned.plan);
  log_restores(account, planned.plan);
  log_holds(account, planned.plan);
  log_ends(account, planned.plan);
}

/// The first plan of an account may have hundreds.
constexpr std::size_t kMostDroppedLogged = 20;

void log_dropped(AccountRuntime& account, const Plan& plan) {
  std::size_t news = 0;
  for (const Note& note : plan.notes) {
    for (const Action& action : note.dropped) {
      const std::string verb(to_string(action.verb));
      if (!account.is_news("not done " + verb + action.name + action.id.value)) continue;
      if (++news > kMostDroppedLogged) continue;
      account.log().info("not done",
                         {{"action", verb},
                          {"name", action.name},
                          {"from", to_string(action.position)},
                          {"policy", action.id.value},
                          {"class", std::string(risk_text(action))},
                          {"why", note.message}});
    }
  }
  if (news <= kMostDroppedLogged) return;
  account.log().info("more is not done; authzd plan shows it",
                     {{"actions", std::to_string(news - kMostDroppedLogged)}});
}

void log_news(AccountRuntime& account, const Performed& performed, const CycleNews& news) {
  const Plan& plan = performed.planned.plan;
  for (const std::size_t index : news.errors) {
    const Outcome& outcome = performed.outcomes[index];
    const Action& action = plan.actions[outcome.action];
    account.log().warning(std::string(to_string(action.verb)) + " not done",
                          {{"outcome", std::string(to_string(outcome.kind))},
                           {"name", action.name},
                           {"from", to_string(action.position)},
                           {"policy", action.id.value},
                           {"error", outcome.error ? to_string(*outcome.error) : ""},
                           {"transaction", outcome.transaction_id}});
  }
  for (const Action& action : news.stalled) log_stalled(account, performed.planned, action);
}

void log_end(const AccountRuntime& account, const Performed& performed) {
  const PlanCounts planned = count(performed.planned.plan);
  const PerformedCounts done = count(performed);
  account.log().info("cycle done",
                     {{"revision", performed.planned.revision},
                      {"policies", std::to_string(performed.planned.policies)},
                      {"created", std::to_string(done.created)},
                      {"updated", std::to_string(done.updated)},
                      {"deleted", std::to_string(done.deleted)},
                      {"failed", std::to_string(done.failed)},
                      {"held", std::to_string(planned.held)},
                      {"conflicts", std::to_string(planned.conflicts)}});
}

}  // namespace authzd
