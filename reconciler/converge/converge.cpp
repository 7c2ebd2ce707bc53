// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/converge/converge.hpp"

#include "reconciler/converge/judge.hpp"
#include "reconciler/converge/steps.hpp"

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

using converge_detail::CreateSteps;
using converge_detail::RemoveSteps;
using converge_detail::RestoreSteps;
using converge_detail::Turn;
using converge_detail::UpdateSteps;
using AnySteps = std::variant<CreateSteps, RestoreSteps, UpdateSteps, RemoveSteps>;

bool is_fresh(const Action& action, Timestamp fresh_since) {
  const auto changed = parse_rfc3339(action.last_modified_at);
  return changed && *changed >= fresh_since;
}

AnySteps make_steps(std::size_t index,
                    const Action& action,
                    const Etag& last_etag,
                    Timestamp fresh_since,
                    const std::set<IamId>& identities,
                    const SharedPolicies* listed,
                    Timestamp listed_at) {
  switch (action.verb) {
    case Verb::create:
      if (!action.id.empty()) {
        return RestoreSteps(index, action, last_etag, identities, listed, listed_at);
      }
      return CreateSteps(index, action, last_etag, identities, listed, listed_at);
    case Verb::update: return UpdateSteps(index, action, last_etag);
    case Verb::remove: break;
  }
  return RemoveSteps(index, action, last_etag, is_fresh(action, fresh_since), identities, listed);
}

}  // namespace

struct Converger::Running {
  Verb verb;
  AnySteps steps;
};

bool is_write(Command::Kind kind) {
  return kind != Command::Kind::read && kind != Command::Kind::find;
}

std::string_view to_string(OutcomeKind kind) {
  switch (kind) {
    case OutcomeKind::done: return "Done";
    case OutcomeKind::refused: return "Refused";
    case OutcomeKind::failed: return "Failed";
    case OutcomeKind::no_etag: return "NoEtag";
    case OutcomeKind::unconfirmed: return "Unconfirmed";
    case OutcomeKind::unknown: return "Unknown";
    case OutcomeKind::restored: return "Restored";
    case OutcomeKind::skipped: return "Skipped";
  }
  return "Failed";
}

bool is_own_doing(const Outcome& outcome) {
  return outcome.kind == OutcomeKind::done && outcome.wrote && !outcome.error;
}

bool is_refused_by_iam(const Outcome& outcome) {
  constexpr int kConflict = 409;
  constexpr int kPreconditionFailed = 412;
  if (outcome.kind != OutcomeKind::refused || !outcome.error) return false;
  const int status = outcome.error->detail.http_status;
  if (outcome.error->code == ErrorCode::rejected) return true;
  return status != 0 && status != kConflict && status != kPreconditionFailed;
}

bool is_unknown(const Outcome& outcome) {
  return outcome.kind == OutcomeKind::unconfirmed || outcome.kind == OutcomeKind::unknown;
}

Converger::Converger(const Plan& plan,
                     std::size_t concurrency,
                     std::map<PolicyId, Etag> last_etags,
                     Timestamp fresh_since,
                     std::set<IamId> identities,
                     const SharedPolicies* listed,
                     Timestamp listed_at)
    : actions_(plan.actions),
      last_etags_(std::move(last_etags)),
      concurrency_(std::max<std::size_t>(concurrency, 1)),
      fresh_since_(fresh_since),
      identities_(std::move(identities)),
      listed_(listed),
      listed_at_(listed_at) {
  for (std::size_t index = 0; index < actions_.size(); ++index) {
    if (!is_held(actions_[index])) waiting_.push_back(index);
  }
  std::ranges::stable_sort(
      waiting_, {}, [this](std::size_t index) { return actions_[index].verb; });
}

Converger::Converger(Converger&&) noexcept = default;
Converger& Converger::operator=(Converger&&) noexcept = default;
Converger::~Converger() = default;

std::vector<Command> Converger::start() {
  return fill();
}

std::vector<Command> Converger::next(Reply reply) {
  const auto found = running_.find(reply.action);
  if (found == running_.end()) return fill();

  Turn turn = std::visit([&](auto& steps) { return steps.next(reply, is_stopping_); },
                         found->second->steps);
  if (auto* command = std::get_if<Command>(&turn)) return {std::move(*command)};
  running_.erase(found);
  finish(std::move(std::get<Outcome>(turn)));
  return fill();
}

void Converger::cancel() {
  is_stopping_ = true;
  for (const std::size_t index : waiting_) {
    Outcome outcome;
    outcome.action = index;
    outcome.error = converge_detail::stopped_error();
    finish(std::move(outcome));
  }
  waiting_.clear();
}

bool Converger::is_finished() const {
  return waiting_.empty() && running_.empty();
}

std::vector<Outcome> Converger::outcomes() const {
  std::vector<Outcome> all;
  for (const auto& [index, outcome] : outcomes_) all.push_back(outcome);
  return all;
}

std::vector<Outcome> Converger::take_new_outcomes() {
  std::vector<Outcome> fresh;
  for (const std::size_t index : std::exchange(new_outcomes_, {})) {
    fresh.push_back(outcomes_.at(index));
  }
  return fresh;
}

/// Starts what may start now: the next actions of the current verb.
std::vector<Command> Converger::fill() {
  std::vector<Command> commands;
  while (!waiting_.empty() && running_.size() < concurrency_) {
    const std::size_t index = waiting_.front();
    const Action& action = actions_[index];
    if (!running_.empty() && running_.begin()->second->verb != action.verb) break;
    waiting_.pop_front();

    const auto known = last_etags_.find(action.id);
    const Etag etag = known == last_etags_.end() ? Etag{} : known->second;
    auto running = std::make_unique<Running>(
        Running{action.verb,
                make_steps(index, action, etag, fresh_since_, identities_, listed_, listed_at_)});
    Turn turn = std::visit([](auto& steps) { return steps.begin(); }, running->steps);
    if (auto* outcome = std::get_if<Outcome>(&turn)) {
      finish(std::move(*outcome));
      continue;
    }
    commands.push_back(std::move(std::get<Command>(turn)));
    running_.emplace(index, std::move(running));
  }
  return commands;
}

void Converger::finish(Outcome outcome) {
  const std::size_t index = outcome.action;
  outcomes_.insert_or_assign(index, std::move(outcome));
  new_outcomes_.push_back(index);
}

}  // namespace authzd
