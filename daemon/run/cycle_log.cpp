// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/cycle_log.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/plan/risk.hpp"
#include "reconciler/report/wording.hpp"

namespace authzd {
namespace {

void log_conflicts(AccountRuntime& account, const Plan& plan) {
  for (const Note& note : plan.notes) {
    if (note.kind != NoteKind::conflict) continue;
    if (!account.is_news("conflict " + note.name + note.id.value + note.message)) continue;
    account.log().warning("conflict",
                          {{"reason", note.reason},
                           {"name", note.name},
                           {"from", to_string(note.position)},
                           {"policy", note.id.value},
                           {"what", note.message}});
  }
}

void log_drift(AccountRuntime& account, const Plan& plan) {
  for (const Action* action : wanted_actions(plan)) {
    if (!action->drift) continue;
    if (!account.is_news("drift " + action->id.value + action->drift->at)) continue;
    account.log().warning("drift: someone else changed what is ours",
                          {{"name", action->name},
                           {"policy", action->id.value},
                           {"by", action->drift->by.value},
                           {"at", action->drift->at}});
  }
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

void log_clock(AccountRuntime& account, std::chrono::milliseconds skew) {
  if (is_clock_trusted(skew) || !account.is_news("clock")) return;
  const bool is_ahead = skew.count() > 0;
  account.log().warning(
      "this host's clock and IAM's differ; no expiresAt is acted on until they agree",
      {{is_ahead ? "ahead_by" : "behind_by", to_string(is_ahead ? skew : -skew)}});
}

void log_stalled(AccountRuntime& account, const Planned& planned, const Action& action) {
  account.log().warning("stalled: the same write is needed again and again",
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
      "the newest revision is refused; the last good one goes on being enforced, if there is one",
      {{"revision", refusal.revision}, {"error", to_string(refusal.error)}});
}

void log_failure(AccountRuntime& account, const Error& error) {
  account.log().error("the cycle failed; nothing was written", {{"error", to_string(error)}});
}

void log_suspension(AccountRuntime& account, const Suspension& suspension) {
  if (!account.is_news("suspended")) return;
  account.log().warning("suspended: this account is planned, and nothing is written",
                        {{"scope", suspension.account ? "account" : "all accounts"},
                         {"by", suspension.who},
                         {"since", to_rfc3339(suspension.since)}});
}

void log_loose_ends(const AccountRuntime& account, const LooseEnds& ends) {
  for (const Error& gap : ends.gaps) {
    account.log().error("a delete took a change with it", {{"error", to_string(gap)}});
  }
  if (ends.settled == 0) return;
  account.log().info("found out how earlier writes ended",
                     {{"writes", std::to_string(ends.settled)}});
}

void log_findings(AccountRuntime& account, const Planned& planned) {
  log_clock(account, planned.clock_skew);
  for (const PolicyId& id : planned.findings.gone) {
    account.log().warning("a policy of ours is gone, and not by us", {{"policy", id.value}});
  }
  log_conflicts(account, planned.plan);
  log_drift(account, planned.plan);
  log_holds(account, planned.plan);
}

void log_kept_back(AccountRuntime& account, const Plan& plan) {
  for (const Note& note : plan.notes) {
    for (const Action& action : note.dropped) {
      const std::string verb(to_string(action.verb));
      if (!account.is_news("kept back " + verb + action.name + action.id.value)) continue;
      account.log().info("kept back",
                         {{"action", verb},
                          {"name", action.name},
                          {"from", to_string(action.position)},
                          {"policy", action.id.value},
                          {"class", std::string(risk_text(action))},
                          {"why", note.message}});
    }
  }
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
