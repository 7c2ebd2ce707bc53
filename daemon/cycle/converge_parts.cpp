// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/converge_parts.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace authzd {
namespace {

/// Few enough to stop soon; a part is not smaller than the number of parallel actions.
constexpr std::size_t kSmallestPart = 8;

/// Some of a plan's actions, by their index in it.
using Part = std::vector<std::size_t>;

std::vector<Part> parts_of(const Plan& plan, std::size_t concurrency) {
  const std::size_t most = std::max(kSmallestPart, concurrency);
  Part gives;
  Part takes;
  for (std::size_t i = 0; i < plan.actions.size(); ++i) {
    if (is_held(plan.actions[i])) continue;
    (takes_access_away(plan.actions[i]) ? takes : gives).push_back(i);
  }
  std::stable_partition(takes.begin(), takes.end(), [&plan](std::size_t i) {
    return plan.actions[i].verb != Verb::remove;
  });
  std::vector<Part> parts;
  if (!gives.empty()) parts.push_back(std::move(gives));
  for (std::size_t at = 0; at < takes.size(); at += most) {
    const auto begin = takes.begin() + static_cast<std::ptrdiff_t>(at);
    parts.emplace_back(begin,
                       begin + static_cast<std::ptrdiff_t>(std::min(most, takes.size() - at)));
  }
  return parts;
}

Plan only(const Plan& plan, const Part& part) {
  Plan made;
  made.account = plan.account;
  made.actions.reserve(part.size());
  for (const std::size_t i : part) made.actions.push_back(plan.actions[i]);
  return made;
}

std::map<PolicyId, Etag> etags_of(const Plan& plan, const std::map<PolicyId, Etag>& all) {
  std::map<PolicyId, Etag> some;
  for (const Action& action : plan.actions) {
    if (const auto found = all.find(action.id); found != all.end()) some.insert(*found);
  }
  return some;
}

std::vector<Outcome> in_whole(std::vector<Outcome> outcomes, const Part& part) {
  for (Outcome& outcome : outcomes) outcome.action = part[outcome.action];
  return outcomes;
}

/// Reports the events of one part to the observer of the whole plan.
class PartObserver final : public ConvergeObserver {
 public:
  /// Both must outlive this.
  PartObserver(ConvergeObserver& whole, const Part& part) : whole_(whole), part_(part) {}

  Result<void> before_write(std::size_t action, const Command& command) override {
    return whole_.before_write(part_[action], command);
  }
  void delete_answered(std::size_t action) override { whole_.delete_answered(part_[action]); }
  void after(const Outcome& outcome) override {
    Outcome told = outcome;
    told.action = part_[outcome.action];
    whole_.after(told);
  }

 private:
  ConvergeObserver& whole_;
  const Part& part_;
};

}  // namespace

bool takes_access_away(const Action& action) {
  return action.verb == Verb::remove || action.removal.has_value();
}

bool takes_access_away(const Plan& plan) {
  return std::ranges::any_of(plan.actions, [](const Action& action) {
    return !is_held(action) && takes_access_away(action);
  });
}

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

Async<std::vector<Outcome>> converge_in_parts(const Plan& plan,
                                              const ConvergeTools& tools,
                                              std::size_t concurrency,
                                              std::map<PolicyId, Etag> last_etags,
                                              const PartCheck& check) {
  std::vector<Outcome> all;
  std::optional<Error> ended;
  bool is_first = true;
  for (const Part& part : parts_of(plan, concurrency)) {
    const Plan now = only(plan, part);
    if (check && !ended && !std::exchange(is_first, false) && !tools.stop.is_requested()) {
      if (auto may = co_await check(); !may) ended = std::move(may).error();
    }
    std::vector<Outcome> outcomes;
    if (ended) {
      outcomes = none_begun(now, *ended);
    } else {
      PartObserver observer(tools.observer, part);
      const ConvergeTools inner{tools.reader,
                                tools.writer,
                                tools.clock,
                                observer,
                                tools.stop,
                                tools.fresh_since,
                                tools.settle_grace,
                                tools.identities,
                                tools.listed,
                                tools.listed_at};
      auto made = co_await converge(now, inner, concurrency, etags_of(now, last_etags));
      if (!made) co_return std::move(made).error();
      outcomes = std::move(*made);
    }
    std::ranges::move(in_whole(std::move(outcomes), part), std::back_inserter(all));
  }
  std::ranges::sort(all, {}, &Outcome::action);
  co_return all;
}

}  // namespace authzd
