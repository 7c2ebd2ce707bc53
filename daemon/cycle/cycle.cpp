// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/cycle.hpp"

#include "daemon/cycle/account_memory.hpp"
#include "daemon/cycle/account_runtime.hpp"
#include "daemon/cycle/bookkeeping.hpp"
#include "daemon/cycle/converge_parts.hpp"
#include "daemon/cycle/cycle_log.hpp"
#include "daemon/cycle/rails_and_quorum.hpp"
#include "daemon/cycle/recorder.hpp"
#include "daemon/cycle/second_try.hpp"
#include "daemon/net/deadline.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace authzd {
namespace {

Performed none_performed(Planned planned, const Error& error) {
  Performed performed{std::move(planned), {}};
  performed.outcomes = none_begun(performed.planned.plan, error);
  return performed;
}

bool performs_something(const Plan& plan) {
  return std::ranges::any_of(plan.actions, [](const Action& action) { return !is_held(action); });
}

/// A directory may have looked complete while someone was still writing to it, and nothing marks
/// the end of that: so it is read again before access is removed, and any difference stops that.
Async<void> ask_manifests(const DesiredLoader& loader) {  // coroutine-ref: the awaiter's
  const auto still_holds = co_await loader.still_holds();
  if (!still_holds) co_return still_holds.error();
  if (*still_holds) co_return Result<void>{};
  co_return Error{ErrorCode::conflict,
                  "the manifests have changed since the plan was made, or cannot be read any more: "
                  "what takes access away and was not begun by then is left as it is. Plan again"};
}

Async<void> check_manifests(const DesiredLoader& loader,  // coroutine-ref: the awaiter's
                            const Plan& plan) {           // coroutine-ref: the awaiter's
  if (!takes_access_away(plan)) co_return Result<void>{};
  co_return co_await ask_manifests(loader);
}

/// The deletes of a plan take time, and someone may restore in the manifests what they delete.
PartCheck between_parts(const AccountRuntime& account) {
  return [&account] { return ask_manifests(account.loader()); };
}

/// IAM's error does not say how many there are: as many as were listed, and created since.
void tell_count(std::vector<Outcome>& outcomes, const Planned& planned) {
  std::size_t policies = planned.policies;
  for (const Outcome& outcome : outcomes) {
    const bool is_create = planned.plan.actions[outcome.action].verb == Verb::create;
    policies += is_create && outcome.kind == OutcomeKind::done && outcome.wrote;
  }
  for (Outcome& outcome : outcomes) {
    if (!outcome.error || outcome.error->code != ErrorCode::quota_exceeded) continue;
    outcome.error->message += " (the account has " +
                              count_of(policies, "authorization", "authorizations") +
                              ", besides its access policies)";
  }
}

/// A change of source or target is a create and a delete, each judged alone. A failed create does
/// not show that the old access is gone.
void tell_deletes(std::vector<Outcome>& outcomes, const Plan& plan) {
  std::map<std::string_view, const PolicyId*> deleted;  // by the name of their authorization
  for (const Outcome& outcome : outcomes) {
    const Action& action = plan.actions[outcome.action];
    const bool is_gone = action.verb == Verb::remove && outcome.kind == OutcomeKind::done;
    if (is_gone && !action.name.empty()) deleted.emplace(action.name, &action.id);
  }
  for (Outcome& outcome : outcomes) {
    const Action& action = plan.actions[outcome.action];
    const auto old = deleted.find(action.name);
    if (action.verb != Verb::create || !outcome.error || old == deleted.end()) continue;
    outcome.error->message += "; policy " + printable(old->second->value) + ", which " +
                              printable(action.name) + " had before, was deleted";
  }
}

boost::asio::awaitable<std::vector<Outcome>> converge_once(
    AccountRuntime& account,   // coroutine-ref: the awaiter's
    const Planned& planned,    // coroutine-ref: the awaiter's
    const StopToken& stop,     // coroutine-ref: the awaiter's
    const PartCheck& check) {  // coroutine-ref: the awaiter's
  if (!performs_something(planned.plan)) co_return std::vector<Outcome>{};
  auto etags = account.state().policies.last_etags();
  const auto first = co_await Recorder::write_down(account, planned);
  if (!etags || !first) {
    const Error error = etags ? first.error() : etags.error();
    account.log().error("the state cannot record the run; nothing is written",
                        {{"error", to_string(error)}});
    co_return none_begun(planned.plan, error);
  }
  Recorder recorder(account, planned, *first);
  const ConvergeTools tools{account.reader(),
                            *account.writer(),
                            account.clock(),
                            recorder,
                            stop,
                            account.time().now - account.spec().settle,
                            kSettleGrace,
                            identities_of(account.spec(), planned.identity.iam_id),
                            &planned.listed,
                            planned.time.now};
  auto outcomes = co_await converge_in_parts(
      planned.plan, tools, account.spec().concurrency, std::move(*etags), check);
  if (outcomes) {
    tell_count(*outcomes, planned);
    tell_deletes(*outcomes, planned.plan);
    co_return std::move(*outcomes);
  }
  account.log().error("converging failed", {{"error", to_string(outcomes.error())}});
  co_return none_begun(planned.plan, outcomes.error());
}

/// A role that IAM refused may have come from a stale table.
void forget_refused_roles(AccountRuntime& account,
                          const Plan& plan,
                          const std::vector<Outcome>& outcomes) {
  for (const Outcome& outcome : outcomes) {
    const Action& action = plan.actions[outcome.action];
    const bool rejected = outcome.error && outcome.error->code == ErrorCode::rejected;
    if (was_refused(outcome) && rejected && action.after) {
      account.reader().forget_roles(role_query(action.after->subject, action.after->resource));
    }
  }
}

/// Plans again, and performs what was refused and is still wanted.
boost::asio::awaitable<void> try_again(AccountRuntime& account,  // coroutine-ref: the awaiter's
                                       Performed& performed,     // coroutine-ref: the awaiter's
                                       SharedRevision good,
                                       std::set<std::string> approved,
                                       const StopToken& stop) {  // coroutine-ref: the awaiter's
  forget_refused_roles(account, performed.planned.plan, performed.outcomes);
  account.log().info("planning again what IAM refused");
  // The next list is not to be a copy because of the last one.
  if (!account.spec().tells_grants) performed.planned.listed = {};
  auto again = co_await until_stopped(
      stop.token(), plan_account(account.reading(), std::move(good), std::move(approved)));
  if (!again) {
    account.log().warning("planning again failed", {{"error", to_string(again.error())}});
    co_return;
  }
  settle_refused(performed, *again);
  log_loose_ends(account, again->findings.open_writes);
  again->plan = still_wanted(std::move(again->plan), performed);
  if (const auto same = co_await check_manifests(account.loader(), again->plan); !same) co_return;
  Performed second{std::move(*again), {}};
  second.outcomes = co_await converge_once(account, second.planned, stop, between_parts(account));
  take_over_outcomes(performed, second);
}

/// After a delete that an approval of firstDeletes allowed, its approvers are no longer checked.
Result<void> note_first_deletes(AccountRuntime& account, const Performed& performed) {
  if (!took_access_away(performed)) return {};
  const Timestamp now = account.time().latest;
  const auto quorum = quorum_of(account.spec(), account.state(), now);
  if (!quorum) return quorum.error();
  ApprovalStore& approvals = account.state().approvals;
  const auto approved = approvals.are_first_deletes_approved(now, *quorum);
  if (!approved) return approved.error();
  return *approved ? approvals.mark_first_deletes_done(now) : Result<void>{};
}

/// The age of the state must be recorded before a write makes the state look new.
boost::asio::awaitable<Performed> begin(AccountRuntime& account,  // coroutine-ref: the awaiter's
                                        Planned planned,
                                        const StopToken& stop,     // coroutine-ref: the awaiter's
                                        const PartCheck& check) {  // coroutine-ref: the awaiter's
  if (const auto kept = keep_state_age(account.state(), planned.findings.state_age); !kept) {
    co_return none_performed(std::move(planned), kept.error());
  }
  Performed performed{std::move(planned), {}};
  performed.outcomes = co_await converge_once(account, performed.planned, stop, check);
  if (auto noted = note_first_deletes(account, performed); !noted) {
    account.log().error("the state could not store that first deletes are done",
                        {{"error", to_string(noted.error())}});
  }
  co_return performed;
}

/// Neither failed nor done: a later read tells, and then counts them (RunLedger).
std::size_t untold(const Performed& performed) {
  const auto count = std::ranges::count(performed.outcomes, OutcomeKind::unknown, &Outcome::kind);
  return static_cast<std::size_t>(count);
}

void end_run(AccountRuntime& account, const Performed& performed) {
  if (performed.outcomes.empty()) return;
  const PerformedCounts done = count(performed);
  const std::size_t failed = done.failed - untold(performed);
  const PlanCounts planned = count(performed.planned.plan);
  const RunEnd end{
      std::max(account.time().now, account.run().began),
      performed.planned.plan.hash,
      {},
      {done.created, done.updated, done.deleted, failed, planned.held, planned.conflicts}};
  if (auto kept = account.state().runs.end(account.run().id, end); !kept) {
    account.log().error("the state could not store the end of the run",
                        {{"error", to_string(kept.error())}});
  }
  const Retention retention{.settle = account.spec().settle};
  // Only what is certainly old: a clock that is wrong would forget what is still needed.
  if (auto forgot = account.state().forget_old(account.time().earliest, retention); !forgot) {
    account.log().error("the state could not remove old entries",
                        {{"error", to_string(forgot.error())}});
  }
}

/// The number of our policies afterwards: the percentages of the next window refer to it.
Result<void> note_ours(AccountRuntime& account, const Performed& performed) {
  const PerformedCounts done = count(performed);
  const std::size_t ours = performed.planned.plan.ours + done.created;
  const std::size_t gone = std::min(ours, done.deleted + done.already_gone);
  return account.state().runs.note_ours(ours - gone, account.time().at_latest());
}

/// A note about something that remains as it is although the manifests ask for something else: it
/// is suspended, pinned, protected, …, and is done when that ends.
bool is_left_undone(const Note& note) {
  return note.kind == NoteKind::kept && !is_satisfied(note) && note.reason != NoteReason::released;
}

/// Whether all that the manifests ask for is done, so that nothing of it can become held; what
/// policies of others grant is not, if a rail would hold it without them. A future end has its
/// authors stored with it, unless no applied revision has it yet.
bool is_settled(const Performed& performed, bool keeps_ends) {
  const Plan& plan = performed.planned.plan;
  if (performed.planned.may_be_held_later) return false;
  if (!keeps_ends && std::ranges::any_of(plan.ends, is_change)) return false;
  const PlanCounts wanted = count(plan);
  const bool is_done =
      count(performed).failed + wanted.held + wanted.conflicts + wanted.dropped == 0;
  return is_done && performed.planned.findings.open_writes.open.empty() &&
         std::ranges::none_of(plan.notes, is_left_undone);
}

/// When all is done, nobody's commit waits for an approval, and no end that had passed at planning
/// time.
Result<void> forget_authors(AccountRuntime& account, const Performed& performed) {
  if (!is_settled(performed, account.time().is_trusted())) return {};
  auto forgot = account.state().revisions.forget_authors();
  if (!forgot) return forgot;
  return account.state().rails.forget_authors_of_ended(performed.planned.time.earliest);
}

/// Whether a plan of the revision may begin; saves what the rails must know about it.
Async<void> make_ready(AccountRuntime& account,     // coroutine-ref: the awaiter's
                       const Planned& planned,      // coroutine-ref: the awaiter's
                       const GoodRevision& good) {  // coroutine-ref: the awaiter's
  if (auto suspended = find_suspension(account, account.run().kind))
    co_return std::move(*suspended);
  auto same = co_await check_manifests(account.loader(), planned.plan);
  if (!same) co_return same;
  auto kept = keep_for_rails(account.state(), planned, good, account.time());
  if (!kept) {
    account.log().error("the state could not store what the rails must know; nothing is written",
                        {{"error", to_string(kept.error())}});
  }
  co_return kept;
}

}  // namespace

PerformedCounts count(const Performed& performed) {
  PerformedCounts counts;
  for (const Outcome& outcome : performed.outcomes) {
    if (outcome.kind != OutcomeKind::done) {
      ++counts.failed;
      if (is_unknown(outcome)) ++counts.unknown;
      continue;
    }
    const Verb verb = performed.planned.plan.actions[outcome.action].verb;
    if (!is_own_doing(outcome)) {
      ++(verb == Verb::remove ? counts.already_gone : counts.already);
      continue;
    }
    switch (verb) {
      case Verb::create: ++counts.created; break;
      case Verb::update: ++counts.updated; break;
      case Verb::remove: ++counts.deleted; break;
    }
  }
  return counts;
}

boost::asio::awaitable<Performed> perform(AccountRuntime& account,
                                          Planned planned,
                                          SharedRevision good,
                                          std::set<std::string> approved,
                                          const StopToken& stop) {
  if (const auto ready = co_await make_ready(account, planned, *good); !ready) {
    co_return none_performed(std::move(planned), ready.error());
  }
  Performed performed = co_await begin(account, std::move(planned), stop, between_parts(account));
  auto kept = keep_applied(account.state(), *good, performed.planned, account.time());
  if (kept) kept = note_ours(account, performed);
  if (kept) kept = forget_authors(account, performed);
  if (!kept) {
    account.log().error("the state could not store the revision",
                        {{"error", to_string(kept.error())}});
  }
  if (std::ranges::any_of(performed.outcomes, was_refused) && !stop.is_requested()) {
    co_await try_again(account, performed, std::move(good), std::move(approved), stop);
  }
  end_run(account, performed);
  co_return performed;
}

boost::asio::awaitable<Performed> perform_named(AccountRuntime& account,
                                                Planned planned,
                                                SharedRevision good,
                                                AuthorizationNames names,
                                                const StopToken& stop) {
  if (const auto ready = co_await make_ready(account, planned, *good); !ready) {
    co_return none_performed(std::move(planned), ready.error());
  }
  Performed performed = co_await begin(account, std::move(planned), stop, between_parts(account));
  auto kept = keep_named_applied(account.state(), *good, performed.planned, names, account.time());
  if (kept) kept = note_ours(account, performed);
  if (!kept) {
    account.log().error("the state could not store what was applied",
                        {{"error", to_string(kept.error())}});
  }
  end_run(account, performed);
  co_return performed;
}

boost::asio::awaitable<Performed> perform_plan(AccountRuntime& account,
                                               Planned planned,
                                               const StopToken& stop) {
  if (const auto suspended = find_suspension(account, account.run().kind)) {
    co_return none_performed(std::move(planned), *suspended);
  }
  Performed performed = co_await begin(account, std::move(planned), stop, {});
  end_run(account, performed);
  co_return performed;
}

}  // namespace authzd
