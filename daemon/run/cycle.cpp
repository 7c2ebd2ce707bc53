// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/cycle.hpp"

#include "daemon/net/deadline.hpp"
#include "daemon/run/cycle_log.hpp"
#include "daemon/run/loose_ends.hpp"
#include "daemon/run/recorder.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

bool was_refused(const Outcome& outcome) {
  return outcome.kind == OutcomeKind::refused;
}

/// Every action that was to be performed, ended by `error` before it was begun.
std::vector<Outcome> none_begun(const Plan& plan, const Error& error) {
  std::vector<Outcome> outcomes;
  for (std::size_t i = 0; i < plan.actions.size(); ++i) {
    if (is_held(plan.actions[i])) continue;
    Outcome outcome;
    outcome.action = i;
    outcome.kind = OutcomeKind::failed;
    outcome.error = error;
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

Performed none_performed(Planned planned, const Error& error) {
  Performed performed{std::move(planned), {}};
  performed.outcomes = none_begun(performed.planned.plan, error);
  return performed;
}

bool performs_something(const Plan& plan) {
  return std::ranges::any_of(plan.actions, [](const Action& action) { return !is_held(action); });
}

/// IAM says that there are too many, and not how many: the list does, and what was made since.
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

boost::asio::awaitable<std::vector<Outcome>> converge_once(
    AccountRuntime& account,  // coroutine-ref: the awaiter's
    const Planned& planned,   // coroutine-ref: the awaiter's
    const StopToken& stop) {  // coroutine-ref: the awaiter's
  if (!performs_something(planned.plan)) co_return std::vector<Outcome>{};
  auto etags = account.state().policies.last_etags();
  auto recorder = Recorder::begin(account, planned);
  if (!etags || !recorder) {
    const Error error = etags ? recorder.error() : etags.error();
    account.log().error("the state cannot record the run; nothing is written",
                        {{"error", to_string(error)}});
    co_return none_begun(planned.plan, error);
  }
  const Timestamp iam_now = account.clock().now() - planned.clock_skew;
  const ConvergeTools tools{account.reader(),
                            *account.writer(),
                            account.clock(),
                            *recorder,
                            stop,
                            iam_now - account.spec().settle};
  auto outcomes =
      co_await converge(planned.plan, tools, account.spec().concurrency, std::move(*etags));
  if (outcomes) {
    tell_count(*outcomes, planned);
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

bool is_same_object(const Action& a, const Action& b) {
  return a.key == b.key || (!a.id.empty() && a.id == b.id);
}

/// The same end, whatever the policy looks like by now.
bool is_same_wish(const Action& a, const Action& b) {
  return is_same_object(a, b) && a.verb == b.verb && a.after == b.after;
}

/// Of the new plan, what was refused of the old one: nothing that nobody has seen.
Plan still_wanted(Plan again, const Performed& first) {
  std::erase_if(again.actions, [&first](const Action& action) {
    return std::none_of(first.outcomes.begin(), first.outcomes.end(), [&](const Outcome& outcome) {
      return was_refused(outcome) &&
             is_same_wish(first.planned.plan.actions[outcome.action], action);
    });
  });
  return again;
}

/// The note leaves what the action wanted undone. Two kept ones do not: a policy of somebody else
/// that grants the same, and one that has no marker to take off any more.
bool leaves_undone(const Plan& plan, const Note& note, const Action& action) {
  const bool is_conflict = note.kind == NoteKind::conflict;
  const bool is_fulfilled = note.reason == "Unmanaged" || note.reason == "Released";
  if (!is_conflict && (note.kind != NoteKind::kept || is_fulfilled)) return false;
  if (!action.id.empty() && note.id == action.id) return true;
  if (note.name != action.name) return false;
  return is_conflict || !note.policy || key_of(plan.account, *note.policy) == action.key;
}

/// What the new plan says of an object that was refused: nothing to do any more is as good as done.
/// A delete is done only when its policy is gone, whatever keeps it.
bool is_settled(const Planned& again, const Action& action) {
  if (action.verb == Verb::remove) return !again.ids.contains(action.id);
  const Plan& plan = again.plan;
  const bool acts = std::any_of(plan.actions.begin(), plan.actions.end(), [&](const Action& a) {
    return is_same_object(a, action);
  });
  const bool is_left = std::any_of(plan.notes.begin(), plan.notes.end(), [&](const Note& note) {
    return leaves_undone(plan, note, action);
  });
  return !acts && !is_left;
}

void settle(Performed& first, const Planned& again) {
  for (Outcome& outcome : first.outcomes) {
    if (!was_refused(outcome)) continue;
    if (!is_settled(again, first.planned.plan.actions[outcome.action])) continue;
    outcome.kind = OutcomeKind::done;
    outcome.error.reset();
  }
}

/// Puts the second try's outcome in the place of the first one's refusal.
void merge(Performed& first, const Performed& second) {
  for (const Outcome& later : second.outcomes) {
    const Action& action = second.planned.plan.actions[later.action];
    for (Outcome& earlier : first.outcomes) {
      const std::size_t index = earlier.action;
      if (!was_refused(earlier) || !is_same_wish(first.planned.plan.actions[index], action)) {
        continue;
      }
      earlier = later;
      earlier.action = index;
    }
  }
}

/// Plans once more, and performs what was refused and is still wanted.
boost::asio::awaitable<void> try_again(AccountRuntime& account,  // coroutine-ref: the awaiter's
                                       Performed& performed,     // coroutine-ref: the awaiter's
                                       SharedRevision good,
                                       std::set<std::string> approved,
                                       const StopToken& stop) {  // coroutine-ref: the awaiter's
  forget_refused_roles(account, performed.planned.plan, performed.outcomes);
  account.log().info("planning anew what IAM refused");
  auto again = co_await until_stopped(
      stop.token(), plan_account(account.reading(), std::move(good), std::move(approved)));
  if (!again) {
    account.log().warning("planning anew failed", {{"error", to_string(again.error())}});
    co_return;
  }
  settle(performed, *again);
  again->plan = still_wanted(std::move(again->plan), performed);
  Performed second{std::move(*again), {}};
  second.outcomes = co_await converge_once(account, second.planned, stop);
  merge(performed, second);
}

/// Nothing is written to what an earlier run left open.
boost::asio::awaitable<Performed> begin(AccountRuntime& account,  // coroutine-ref: the awaiter's
                                        Planned planned,
                                        const StopToken& stop) {  // coroutine-ref: the awaiter's
  Performed performed{std::move(planned), {}};
  const auto open = co_await until_stopped(stop.token(), settle_loose_ends(account.reading()));
  if (!open) {
    performed.outcomes = none_begun(performed.planned.plan, open.error());
    co_return performed;
  }
  log_loose_ends(account, *open);
  performed.planned.plan = without_loose_ends(std::move(performed.planned.plan), *open);
  performed.outcomes = co_await converge_once(account, performed.planned, stop);
  co_return performed;
}

void end_run(AccountRuntime& account, const Performed& performed) {
  if (performed.outcomes.empty()) return;
  const PerformedCounts done = count(performed);
  const PlanCounts planned = count(performed.planned.plan);
  const RunEnd end{
      account.clock().now(),
      performed.planned.plan.hash,
      {},
      {done.created, done.updated, done.deleted, done.failed, planned.held, planned.conflicts}};
  if (auto kept = account.state().runs.end(account.run().id, end); !kept) {
    account.log().error("the state did not take the end of the run",
                        {{"error", to_string(kept.error())}});
  }
  const Retention retention{.settle = account.spec().settle};
  if (auto forgot = account.state().forget_old(account.clock().now(), retention); !forgot) {
    account.log().error("the state did not forget what is too old to keep",
                        {{"error", to_string(forgot.error())}});
  }
}

/// How many policies are ours after all that: what the next window's percents count against.
Result<void> note_ours(AccountRuntime& account, const Performed& performed) {
  const PerformedCounts done = count(performed);
  const std::size_t ours = performed.planned.plan.ours + done.created;
  return account.state().runs.note_ours(ours - std::min(ours, done.deleted), account.clock().now());
}

/// What rails and protection must know of a revision once its plan has been performed.
Result<void> keep_applied(AccountRuntime& account, const GoodRevision& good) {
  RevisionStore& revisions = account.state().revisions;
  const auto applied = revisions.applied();
  if (!applied) return applied.error();
  if (*applied && (*applied)->revision == good.revision) return {};
  const Timestamp now = account.clock().now();
  std::set<Key> unprotected;
  std::set<AnnouncedExpiry> expiries;
  for (const Grant& grant : good.desired.grants) {
    if (!grant.is_protected) unprotected.insert(grant.key);
    if (grant.expires_at && *grant.expires_at > now)
      expiries.insert({grant.key, *grant.expires_at});
  }
  return revisions.keep_applied(good.revision, unprotected, expiries, now);
}

}  // namespace

PerformedCounts count(const Performed& performed) {
  PerformedCounts counts;
  for (const Outcome& outcome : performed.outcomes) {
    if (outcome.kind != OutcomeKind::done) {
      ++counts.failed;
      continue;
    }
    switch (performed.planned.plan.actions[outcome.action].verb) {
      case Verb::create: ++counts.created; break;
      case Verb::update: ++counts.updated; break;
      case Verb::remove: ++counts.deleted; break;
    }
  }
  return counts;
}

std::optional<Error> find_suspension(AccountRuntime& account) {
  if (account.run().kind == RunKind::release) return std::nullopt;
  const AccountSpec& spec = account.spec();
  const auto suspension = account.state().suspensions.of(spec.id);
  if (!suspension) return suspension.error();
  if (!*suspension) return std::nullopt;
  const bool alone = (*suspension)->account.has_value();
  return Error{ErrorCode::unsafe_plan,
               "account " + printable(spec.name) + " is suspended since " +
                   to_rfc3339((*suspension)->since) + " by " + printable((*suspension)->who) +
                   "; end that with 'authzd resume" + (alone ? " " + printable(spec.name) : "") +
                   "'"};
}

boost::asio::awaitable<Performed> perform(AccountRuntime& account,
                                          Planned planned,
                                          SharedRevision good,
                                          std::set<std::string> approved,
                                          const StopToken& stop) {
  if (const auto suspended = find_suspension(account)) {
    co_return none_performed(std::move(planned), *suspended);
  }
  Performed performed = co_await begin(account, std::move(planned), stop);
  auto kept = keep_applied(account, *good);
  if (kept) kept = note_ours(account, performed);
  if (!kept) {
    account.log().error("the state did not take the revision",
                        {{"error", to_string(kept.error())}});
  }
  if (std::ranges::any_of(performed.outcomes, was_refused) && !stop.is_requested()) {
    co_await try_again(account, performed, std::move(good), std::move(approved), stop);
  }
  end_run(account, performed);
  co_return performed;
}

boost::asio::awaitable<Performed> perform_plan(AccountRuntime& account,
                                               Planned planned,
                                               const StopToken& stop) {
  if (const auto suspended = find_suspension(account)) {
    co_return none_performed(std::move(planned), *suspended);
  }
  Performed performed = co_await begin(account, std::move(planned), stop);
  end_run(account, performed);
  co_return performed;
}

}  // namespace authzd
