// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/service.hpp"
#include "reconciler/base/text.hpp"

#include <utility>

namespace authzd {
namespace {

using boost::asio::awaitable;

void log_refusal(const Log& log, const Refusal& refusal) {
  for (const Diagnostic& diagnostic : refusal.diagnostics) {
    if (diagnostic.severity != Severity::error) continue;
    log.error("manifest error",
              {{"at", to_string(diagnostic.position)},
               {"error", diagnostic.message},
               {"hint", diagnostic.hint}});
  }
  log.error(
      "the newest revision is refused; the last good one goes on being enforced, if there is one",
      {{"revision", refusal.revision}, {"error", to_string(refusal.error)}});
}

void log_holds(const Log& log, const Plan& plan) {
  std::set<std::string> seen;
  for (const Action& action : plan.actions) {
    for (const Hold& hold : action.holds) {
      if (!seen.insert(hold.hash).second) continue;
      log.warning("held by a rail",
                  {{"rail", hold.rail}, {"why", hold.message}, {"hash", hold.hash}});
    }
  }
}

void log_findings(const Log& log, const Plan& plan) {
  for (const Note& note : plan.notes) {
    if (note.kind != NoteKind::conflict) continue;
    log.warning("conflict",
                {{"reason", note.reason},
                 {"name", note.name},
                 {"from", to_string(note.position)},
                 {"policy", note.id.value},
                 {"what", note.message}});
  }
  for (const Action& action : plan.actions) {
    if (!action.drift) continue;
    log.warning("drift: someone else changed what is ours",
                {{"name", action.name},
                 {"policy", action.id.value},
                 {"by", action.drift->by.value},
                 {"at", action.drift->at}});
  }
  log_holds(log, plan);
}

void log_end(const Log& log, const Performed& performed) {
  const PlanCounts planned = count(performed.planned.plan);
  const PerformedCounts done = count(performed);
  log.info("cycle done",
           {{"revision", performed.planned.revision},
            {"policies", std::to_string(performed.planned.policies)},
            {"created", std::to_string(done.created)},
            {"updated", std::to_string(done.updated)},
            {"deleted", std::to_string(done.deleted)},
            {"failed", std::to_string(done.failed)},
            {"held", std::to_string(planned.held)},
            {"conflicts", std::to_string(planned.conflicts)}});
}

}  // namespace

awaitable<CycleEnd> run_cycle(AccountRuntime& account, std::string run_id, StopToken& stop) {
  account.begin_run(std::move(run_id));
  const Log& log = account.log();
  CycleEnd end;

  auto intent = co_await account.loader().next(account.clock().now());
  if (!intent) {
    end.error = std::move(intent).error();
    log.error("the cycle failed", {{"error", to_string(*end.error)}});
    co_return end;
  }
  end.refusal = std::move(intent->refusal);
  if (end.refusal) log_refusal(log, *end.refusal);
  if (!intent->good) co_return end;

  auto planned = co_await plan_account(account.reading(), *intent->good, {});
  if (!planned) {
    end.error = std::move(planned).error();
    log.error("the cycle failed; nothing was written", {{"error", to_string(*end.error)}});
    co_return end;
  }
  log_findings(log, planned->plan);
  if (account.writer() != nullptr && !stop.is_requested()) {
    std::set<std::string> none_approved;
    end.performed = co_await perform(
        account, std::move(*planned), std::move(*intent->good), std::move(none_approved), stop);
  } else {
    end.performed = Performed{std::move(*planned), {}};
  }
  log_end(log, *end.performed);
  co_return end;
}

}  // namespace authzd
