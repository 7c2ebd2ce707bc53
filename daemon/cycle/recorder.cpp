// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0
#include "daemon/cycle/recorder.hpp"

#include "daemon/cycle/account_runtime.hpp"
#include "daemon/cycle/rails_and_quorum.hpp"
#include "reconciler/plan/risk.hpp"
#include "reconciler/rails/rails.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <utility>

namespace authzd {
namespace {

constexpr std::size_t kSlice = 200;  // actions recorded in one step of the loop

Result<std::set<std::string>> passes_of(const AccountRuntime& account) {
  const Timestamp now = account.time().latest;
  const auto quorum = quorum_of(account.spec(), account.state(), now);
  if (!quorum) return quorum.error();
  return account.state().approvals.passes(now, *quorum);
}

}  // namespace

Recorder::Recorder(AccountRuntime& account, const Planned& planned, std::size_t first)
    : account_(&account), planned_(&planned), first_(first), given_(passes_of(account)) {
  const auto held = std::ranges::count_if(planned.plan.actions, is_held);
  account.writes() = {.total = planned.plan.actions.size() - static_cast<std::size_t>(held)};
}

Async<std::size_t> Recorder::write_down(AccountRuntime& account, const Planned& planned) {
  if (auto opened = account.record_run(planned.revision); !opened) {
    co_return std::move(opened).error();
  }
  RunLedger& runs = account.state().runs;
  const std::string run = account.run().id;
  const auto first = runs.next_action(run);
  if (!first) co_return first.error();
  const std::span<const Action> actions = planned.plan.actions;
  for (std::size_t at = 0; at < actions.size(); at += kSlice) {
    if (at > 0) co_await boost::asio::post(boost::asio::use_awaitable);
    const auto slice = actions.subspan(at, std::min(kSlice, actions.size() - at));
    if (auto added = runs.add_actions(run, *first + at, slice); !added) {
      co_return std::move(added).error();
    }
  }
  co_return *first;
}

Result<void> Recorder::before_write(std::size_t action, const Command& command) {
  const Action& planned = planned_->plan.actions[action];
  account_->log().debug("writing",
                        {{"action", std::string(to_string(planned.verb))},
                         {"name", planned.name},
                         {"policy", command.id.value}});
  if (auto barred = bar(planned, command)) return std::move(*barred);
  auto kept = account_->state().runs.will_write(ref(action), command, account_->time().at_latest());
  if (!kept) return std::move(kept).error().context("writing down what is about to be sent");
  const AuditContext why = context(action);
  const WriteEvent event{why, planned};
  for (const auto& observer : account_->observers()) {
    if (auto seen = observer->before_write(event, command); !seen) return seen;
  }
  return {};
}

void Recorder::delete_answered(std::size_t action) {
  auto kept = account_->state().runs.delete_answered(ref(action));
  if (!kept) {
    account_->log().error("the state could not store that IAM answered a delete",
                          {{"error", to_string(kept.error())}});
  }
}

void Recorder::after(const Outcome& outcome) {
  ++account_->writes().done;
  const Action& action = planned_->plan.actions[outcome.action];
  log(action, outcome);
  const AuditContext why = context(outcome.action);
  auto kept = account_->state().runs.record(ref(outcome.action), action, outcome, why.at);
  if (!kept) {
    account_->log().error("the state could not store an outcome; a later read will show it",
                          {{"error", to_string(kept.error())}});
  }
  const WriteEvent event{why, action};
  for (const auto& observer : account_->observers()) {
    if (auto seen = observer->after(event, outcome); !seen) {
      account_->log().error("an outcome was not recorded", {{"error", to_string(seen.error())}});
    }
  }
}

/// A suspension takes effect from the next write on, even within a cycle. A repair of a change that
/// our own delete discarded is still sent.
std::optional<Error> Recorder::bar(const Action& action, const Command& command) const {
  if (command.repairs) return std::nullopt;
  if (auto suspended = find_suspension(*account_, account_->run().kind)) return suspended;
  return revocation(action);
}

/// The approval of the action must still count: it may have been revoked, or may have expired,
/// while others were written.
std::optional<Error> Recorder::revocation(const Action& action) const {
  if (!given_) return given_.error();
  std::set<std::string> needed = approvals_on(account_->spec().id, action);
  std::erase_if(needed, [this](const std::string& pass) { return !given_->contains(pass); });
  if (needed.empty()) return std::nullopt;
  const auto passes = passes_of(*account_);
  if (!passes) return passes.error();
  if (std::ranges::includes(*passes, needed)) return std::nullopt;
  return Error{ErrorCode::unsafe_plan,
               "its approval was revoked, or has expired, since this run began: it was not done"};
}

ActionRef Recorder::ref(std::size_t action) const {
  return {account_->run().id, first_ + action};
}

AuditContext Recorder::context(std::size_t action) const {
  AuditContext context;
  context.at = account_->time().now;
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
    account_->log().info(
        verb + (is_own_doing(outcome) ? " done" : " not needed: IAM has it already"),
        {{"name", action.name},
         {"policy", id},
         {"class", std::string(risk_text(action))},
         {"reason", std::string(to_string(action.reason))},
         {"from", to_string(action.position)},
         {"transaction", outcome.transaction_id}});
    return;
  }
  // A cycle reports a repeated failure once; a person's run reports all, for those who did not ask.
  const bool is_shown = account_->run().kind == RunKind::cycle || account_->stands_alone();
  const auto write = is_shown ? &Log::debug : &Log::warning;
  (account_->log().*write)(verb + " not done",
                           {{"outcome", std::string(to_string(outcome.kind))},
                            {"name", action.name},
                            {"policy", id},
                            {"error", outcome.error ? to_string(*outcome.error) : ""},
                            {"transaction", outcome.transaction_id}});
}

}  // namespace authzd
