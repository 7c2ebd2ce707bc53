// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0
#include "daemon/run/recorder.hpp"

#include "daemon/run/bookkeeping.hpp"
#include "reconciler/plan/risk.hpp"

#include <utility>

namespace authzd {

Recorder::Recorder(AccountRuntime& account, const Planned& planned, std::size_t first)
    : account_(&account), planned_(&planned), first_(first) {}

Result<Recorder> Recorder::begin(AccountRuntime& account, const Planned& planned) {
  if (auto opened = account.record_run(planned.revision); !opened) return std::move(opened).error();
  auto first = account.state().runs.add_actions(account.run().id, planned.plan.actions);
  if (!first) return std::move(first).error();
  return Recorder(account, planned, *first);
}

Result<void> Recorder::before_write(std::size_t action, const Command& command) {
  const Action& planned = planned_->plan.actions[action];
  account_->log().debug("writing",
                        {{"action", std::string(to_string(planned.verb))},
                         {"name", planned.name},
                         {"policy", command.id.value}});
  auto kept = account_->state().runs.will_write(ref(action), command, account_->clock().now());
  if (!kept) return std::move(kept).error().context("writing down what is about to be sent");
  const AuditContext why = context(action);
  const WriteEvent event{why, planned};
  for (const auto& observer : account_->observers()) {
    if (auto seen = observer->before_write(event, command); !seen) return seen;
  }
  return {};
}

void Recorder::after(const Outcome& outcome) {
  const Action& action = planned_->plan.actions[outcome.action];
  log(action, outcome);
  const AuditContext why = context(outcome.action);
  auto kept = record_outcome(
      account_->state(), account_->spec().id, ref(outcome.action), action, outcome, why.at);
  if (!kept) {
    account_->log().error("the state did not take an outcome; it is found out by reading",
                          {{"error", to_string(kept.error())}});
  }
  const WriteEvent event{why, action};
  for (const auto& observer : account_->observers()) {
    if (auto seen = observer->after(event, outcome); !seen) {
      account_->log().error("an outcome was not recorded", {{"error", to_string(seen.error())}});
    }
  }
}

ActionRef Recorder::ref(std::size_t action) const {
  return {account_->run().id, first_ + action};
}

AuditContext Recorder::context(std::size_t action) const {
  AuditContext context;
  context.at = account_->clock().now();
  context.account = account_->spec().id;
  context.account_name = account_->spec().name;
  context.owner = account_->spec().owner;
  context.identity = planned_->identity.iam_id;
  context.asked_by = account_->run().who;
  context.run_id = account_->run().id;
  context.revision = planned_->revision;
  context.action = ref(action).number;
  return context;
}

void Recorder::log(const Action& action, const Outcome& outcome) const {
  const std::string id = outcome.stored ? outcome.stored->policy.id.value : action.id.value;
  const std::string verb(to_string(action.verb));
  if (outcome.kind == OutcomeKind::done) {
    account_->log().info(verb + (outcome.wrote ? " done" : " not needed: IAM holds it already"),
                         {{"name", action.name},
                          {"policy", id},
                          {"class", std::string(risk_text(action))},
                          {"reason", std::string(to_string(action.reason))},
                          {"from", to_string(action.position)},
                          {"transaction", outcome.transaction_id}});
    return;
  }
  // A cycle says once what fails again and again; a person's run says all.
  const auto write = account_->run().kind == RunKind::cycle ? &Log::debug : &Log::warning;
  (account_->log().*write)(verb + " not done",
                           {{"outcome", std::string(to_string(outcome.kind))},
                            {"name", action.name},
                            {"policy", id},
                            {"error", outcome.error ? to_string(*outcome.error) : ""},
                            {"transaction", outcome.transaction_id}});
}

}  // namespace authzd
