// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/cycle.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

/// Keeps the state and the log in step with what the converger does. The plan's first action is
/// number `first` of the run.
class Recorder final : public ConvergeObserver {
 public:
  Recorder(AccountRuntime& account, const Plan& plan, std::size_t first)
      : account_(account), plan_(plan), first_(first) {}

  Result<void> before_write(std::size_t action, const Command& command) override {
    account_.log().debug("writing",
                         {{"action", std::string(to_string(plan_.actions[action].verb))},
                          {"name", plan_.actions[action].name},
                          {"policy", command.id.value}});
    return account_.state().runs.will_write(ref(action), command, account_.clock().now());
  }

  void after(const Outcome& outcome) override {
    const Action& action = plan_.actions[outcome.action];
    log(action, outcome);
    auto recorded =
        account_.state().runs.record(ref(outcome.action), action, outcome, account_.clock().now());
    if (!recorded)
      account_.log().error("the state did not take an outcome",
                           {{"error", to_string(recorded.error())}});
  }

 private:
  [[nodiscard]] ActionRef ref(std::size_t action) const {
    return {account_.run(), first_ + action};
  }

  void log(const Action& action, const Outcome& outcome) const {
    const std::string id = outcome.stored ? outcome.stored->policy.id.value : action.id.value;
    const std::string verb(to_string(action.verb));
    if (outcome.kind == OutcomeKind::done) {
      account_.log().info(verb + (outcome.wrote ? " done" : " not needed: IAM holds it already"),
                          {{"name", action.name},
                           {"policy", id},
                           {"class", std::string(to_string(action.risk))},
                           {"reason", std::string(to_string(action.reason))},
                           {"from", to_string(action.position)},
                           {"transaction", outcome.transaction_id}});
      return;
    }
    account_.log().warning(verb + " not done",
                           {{"outcome", std::string(to_string(outcome.kind))},
                            {"name", action.name},
                            {"policy", id},
                            {"error", outcome.error ? to_string(*outcome.error) : ""},
                            {"transaction", outcome.transaction_id}});
  }

  AccountRuntime& account_;
  const Plan& plan_;
  std::size_t first_;
};

bool was_refused(const Outcome& outcome) {
  return outcome.kind == OutcomeKind::refused;
}

/// What is not recorded is not done: every action fails with the state's error.
std::vector<Outcome> not_begun(const Plan& plan, const Error& error) {
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

boost::asio::awaitable<std::vector<Outcome>> converge_once(
    AccountRuntime& account,  // coroutine-ref: the awaiter's
    const Plan& plan,         // coroutine-ref: the awaiter's
    StopToken& stop) {        // coroutine-ref: the awaiter's
  const auto first = account.state().runs.add_actions(account.run(), plan.actions);
  auto etags = account.state().policies.last_etags();
  if (!first || !etags) {
    account.log().error("nothing is written: the state does not take the plan",
                        {{"error", to_string(first ? etags.error() : first.error())}});
    co_return not_begun(plan, first ? etags.error() : first.error());
  }
  Recorder recorder(account, plan, *first);
  const ConvergeTools tools{account.reader(), *account.writer(), account.clock(), recorder, stop};
  auto outcomes = co_await converge(plan, tools, account.spec().concurrency, std::move(*etags));
  if (outcomes) co_return std::move(*outcomes);
  account.log().error("converging failed", {{"error", to_string(outcomes.error())}});
  co_return std::vector<Outcome>{};
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

/// What the new plan says of an object that was refused: nothing to do any more is as good as done.
bool is_settled(const Plan& again, const Action& action) {
  const bool acts = std::any_of(again.actions.begin(), again.actions.end(), [&](const Action& a) {
    return is_same_object(a, action);
  });
  const bool conflicts = std::any_of(again.notes.begin(), again.notes.end(), [&](const Note& note) {
    return note.kind == NoteKind::conflict &&
           (note.name == action.name || (!action.id.empty() && note.id == action.id));
  });
  return !acts && !conflicts;
}

void settle(Performed& first, const Plan& again) {
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

boost::asio::awaitable<void> converge_all(AccountRuntime& account,  // coroutine-ref: the awaiter's
                                          Performed& performed,     // coroutine-ref: the awaiter's
                                          GoodRevision good,
                                          std::set<std::string> approved,
                                          StopToken& stop) {  // coroutine-ref: the awaiter's
  performed.outcomes = co_await converge_once(account, performed.planned.plan, stop);
  const bool refused =
      std::any_of(performed.outcomes.begin(), performed.outcomes.end(), was_refused);
  if (!refused || stop.is_requested()) co_return;

  forget_refused_roles(account, performed.planned.plan, performed.outcomes);
  account.log().info("planning anew what IAM refused");
  auto again = co_await plan_account(account.reading(), std::move(good), std::move(approved));
  if (!again) {
    account.log().warning("planning anew failed", {{"error", to_string(again.error())}});
    co_return;
  }
  settle(performed, again->plan);
  again->plan = still_wanted(std::move(again->plan), performed);
  Performed second{std::move(*again), {}};
  second.outcomes = co_await converge_once(account, second.planned.plan, stop);
  merge(performed, second);
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

namespace {

/// The run as the state keeps it; what cannot be begun is not done.
Result<void> begin_run(AccountRuntime& account, const Planned& planned) {
  RunStart start;
  start.id = account.run();
  start.revision = planned.revision;
  start.began = account.clock().now();
  return account.state().runs.begin(start);
}

void end_run(AccountRuntime& account, const Performed& performed) {
  const PlanCounts planned = count(performed.planned.plan);
  const PerformedCounts done = count(performed);
  RunEnd end;
  end.ended = account.clock().now();
  end.plan_hash = performed.planned.plan.hash;
  end.counts = {
      done.created, done.updated, done.deleted, done.failed, planned.held, planned.conflicts};
  if (auto ended = account.state().runs.end(account.run(), end); !ended) {
    account.log().error("the state did not take the end of the run",
                        {{"error", to_string(ended.error())}});
  }
}

}  // namespace

boost::asio::awaitable<Performed> perform(AccountRuntime& account,
                                          Planned planned,
                                          GoodRevision good,
                                          std::set<std::string> approved,
                                          StopToken& stop) {
  Performed performed{std::move(planned), {}};
  if (auto begun = begin_run(account, performed.planned); !begun) {
    account.log().error("nothing is written: the state does not take the run",
                        {{"error", to_string(begun.error())}});
    performed.outcomes = not_begun(performed.planned.plan, begun.error());
    co_return performed;
  }
  co_await converge_all(account, performed, std::move(good), std::move(approved), stop);
  end_run(account, performed);
  co_return performed;
}

}  // namespace authzd
