// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/run_cycle.hpp"

#include "daemon/cycle/bookkeeping.hpp"
#include "daemon/cycle/cycle_log.hpp"
#include "daemon/cycle/rollout_facts.hpp"
#include "daemon/cycle/status_keeper.hpp"
#include "daemon/net/deadline.hpp"
#include "daemon/net/supervisor.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace authzd {
namespace {

using boost::asio::awaitable;

/// Closes runs that a process left open when it died.
Result<void> end_interrupted_runs(AccountRuntime& account) {
  auto ended = account.state().runs.end_interrupted(account.time().now);
  if (!ended) return std::move(ended).error();
  for (const std::string& run : *ended) {
    account.log().warning("a run was interrupted; reads will show the outcomes of its writes",
                          {{"interrupted", run}});
  }
  return {};
}

/// Step 1: what to enforce, and why not the newest revision. Null: no revision was ever good.
Async<SharedRevision> fetch_and_load(AccountRuntime& account,  // coroutine-ref: the awaiter's
                                     CycleEnd& end) {          // coroutine-ref: the awaiter's
  auto intent = co_await account.loader().next(account.time().latest);
  if (!intent) co_return std::move(intent).error();
  end.refusal = std::move(intent->refusal);
  end.wait = std::move(intent->wait);
  end.narrows = intent->good && intent->good->narrows;
  if (end.refusal) log_refusal(account, *end.refusal);
  end.unmet =
      static_cast<std::size_t>(std::ranges::count(intent->warnings, true, &Diagnostic::is_unmet));
  if (intent->good) log_unmet(account, *intent);
  co_return std::move(intent->good);
}

/// A plan, with what is needed to end the cycle.
struct Prepared {
  SharedRevision good;
  Planned planned;
  ObjectHistories objects;
};

/// Steps 2 and 3: a plan, from an up-to-date state, without what backs off.
Async<Prepared> observe_and_plan(AccountRuntime& account,  // coroutine-ref: the awaiter's
                                 SharedRevision good,
                                 CycleEnd& end) {  // coroutine-ref: the awaiter's
  if (auto ended = end_interrupted_runs(account); !ended) co_return std::move(ended).error();
  auto planned = co_await plan_account(account.reading(), good, {});
  if (!planned) {
    auto kept = keep_unplanned(account.state(), account.spec(), good, account.time());
    if (!kept) co_return std::move(kept).error();
    co_return std::move(planned).error();
  }
  if (auto learnt = learn(account.state(), account.spec(), *planned); !learnt) {
    co_return std::move(learnt).error();
  }
  log_findings(account, *planned);
  auto suspension = account.state().suspensions.of(account.spec().id);
  if (!suspension) co_return std::move(suspension).error();
  end.suspension = std::move(*suspension);
  auto objects = account.state().histories.all();
  if (!objects) co_return std::move(objects).error();
  planned->plan = set_aside(std::move(planned->plan), *objects, planned->time.now);
  log_dropped(account, planned->plan);
  co_return Prepared{std::move(good), std::move(*planned), std::move(*objects)};
}

/// Steps 1 to 3, which only read. Empty: there is nothing to enforce.
Async<std::optional<Prepared>> prepare(AccountRuntime& account,  // coroutine-ref: the awaiter's
                                       CycleEnd& end) {          // coroutine-ref: the awaiter's
  auto good = co_await fetch_and_load(account, end);
  if (!good) co_return std::move(good).error();
  if (*good == nullptr) co_return std::optional<Prepared>();
  if (auto kept = keep_seen(account.state(), *good); !kept) co_return std::move(kept).error();
  auto prepared = co_await observe_and_plan(account, std::move(*good), end);
  if (!prepared) co_return std::move(prepared).error();
  co_return std::optional<Prepared>(std::move(*prepared));
}

/// Step 5: what failed backs off.
void remember(AccountRuntime& account, const ObjectHistories& before, const Performed& performed) {
  const auto news = remember_objects(account.state(), before, performed, account.time().now);
  if (news) {
    log_news(account, performed, *news);
  } else {
    account.log().error("the state could not store what failed",
                        {{"error", to_string(news.error())}});
  }
}

awaitable<CycleEnd> make_cycle(AccountRuntime& account,  // coroutine-ref: the awaiter's
                               const StopToken& stop) {  // coroutine-ref: the awaiter's
  CycleEnd end;
  auto ready = co_await until_stopped(stop.token(), prepare(account, end));
  if (!ready) {
    end.error = std::move(ready).error();
    co_return end;
  }
  if (!*ready) co_return end;
  Prepared& prepared = **ready;
  if (end.suspension) log_suspension(account, *end.suspension);
  if (account.writer() == nullptr || end.suspension || stop.is_requested()) {
    end.performed = Performed{std::move(prepared.planned), {}};
    co_return end;
  }
  std::set<std::string> none_approved;
  end.performed = co_await perform(account,
                                   std::move(prepared.planned),
                                   std::move(prepared.good),
                                   std::move(none_approved),
                                   stop);
  remember(account, prepared.objects, *end.performed);
  co_return end;
}

/// The state keeps it over restarts; an unreadable state is reported elsewhere.
std::string applied_revision(AccountRuntime& account) {
  const auto applied = account.state().revisions.applied();
  return applied && *applied ? (*applied)->revision : std::string();
}

void close_status(AccountRuntime& account,
                  const CycleEnd& end,
                  std::vector<FailingObject> failing) {
  const Timestamp now = account.clock().now();
  account.status() =
      with_ended_cycle(std::move(account.status()), end, account.run(), std::move(failing), now);
  AccountStatus& status = account.status();
  status.applied_revision = applied_revision(account);
  status.applied_commit = commit_of(account, status.applied_revision);
  status.attempted_commit = commit_of(account, status.attempted_revision);
  status.rollout.reset();
  if (end.wait) {
    status.rollout = RolloutPlace{end.wait->revision,
                                  end.wait->wave,
                                  end.wait->why,
                                  end.wait->is_started,
                                  !end.performed && !end.error};
  }
}

/// If the state cannot keep it, the rollout goes no further.
void tell_rollout(AccountRuntime& account, CycleEnd& end) {
  const auto& gate = account.rollout();
  if (gate == nullptr) return;
  auto news = gate->note(account.spec().id, faring_of(account.status(), end), account.time());
  if (!news) {
    account.log().error("the state could not store how the account fares with the revision",
                        {{"error", to_string(news.error())}});
    return;
  }
  end.rollout = std::move(*news);
  log_rollout(account, end);
}

}  // namespace

bool is_stopped(const CycleEnd& end) {
  return end.error && end.error->code == ErrorCode::cancelled;
}

awaitable<CycleEnd> run_cycle(AccountRuntime& account, std::string run_id, const StopToken& stop) {
  account.begin_run(std::move(run_id));
  account.status() = with_begun_cycle(std::move(account.status()), account.clock().now());
  CycleEnd end = co_await make_cycle(account, stop);
  if (is_stopped(end)) {
    account.log().info("the cycle was stopped before it wrote anything");
    co_return end;
  }
  if (end.error) log_failure(account, *end.error);
  if (end.performed) log_end(account, *end.performed);
  std::vector<FailingObject> failing;
  if (end.performed) failing = failing_objects(*end.performed);
  close_status(account, end, std::move(failing));
  tell_rollout(account, end);
  account.end_notices();
  co_return end;
}

awaitable<CycleEnd> run_contained_cycle(AccountRuntime& account,
                                        std::string run_id,
                                        const StopToken& stop) {
  std::exception_ptr thrown;
  try {
    co_return co_await run_cycle(account, std::move(run_id), stop);
  } catch (...) {
    thrown = std::current_exception();
  }
  if (is_cancellation(thrown)) std::rethrow_exception(thrown);
  CycleEnd end;
  end.error = fault_of(thrown);
  log_failure(account, *end.error);
  close_status(account, end, {});
  tell_rollout(account, end);
  co_return end;
}

}  // namespace authzd
