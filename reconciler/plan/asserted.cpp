// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/asserted.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace authzd {
namespace {

// The pattern budget of one assertion in a plan, which is made in one step.
constexpr std::size_t kWork = 1'000'000;

// Of one step: a few milliseconds.
constexpr std::size_t kActionsAStep = 200;

std::string broken_text(const Action& action,
                        const Assertion& assertion,
                        std::string_view rule,
                        std::string_view pattern) {
  return "not " + std::string(to_string(action.verb)) + "d: the assertion " +
         quote(assertion.name) + " (" + printable(to_string(assertion.position)) + ") says " +
         std::string(rule) + " " + printable(pattern);
}

Note note_of(Action action, NoteKind kind, NoteReason reason, std::string message) {
  Note note;
  note.kind = kind;
  note.reason = reason;
  note.message = std::move(message);
  note.name = action.name;
  note.position = action.position;
  note.id = action.id;
  note.policy = action.before ? action.before : action.after;
  if (action.before && action.after) note.wanted = std::move(action.after);
  return note;
}

/// The change does not affect access: a release, a marker, a description.
bool changes_text_alone(const Action& action) {
  return action.before && action.before->subject == action.after->subject &&
         action.before->resource == action.after->resource &&
         action.before->roles == action.after->roles &&
         action.before->extras == action.after->extras;
}

}  // namespace

/// One action of the plan, with what it takes and gives.
struct AssertionGuard::Judged {
  Judged(Action judged, const KnownRoleNames& names) : action(std::move(judged)) {
    if (action.before) before = access_of(*action.before, names);
    if (action.after) after = access_of(*action.after, names);
  }

  Action action;
  std::optional<Access> before;  // points into `action`
  std::optional<Access> after;
};

AssertionGuard::AssertionGuard(Plan& plan,
                               std::span<const Observed> observed,
                               std::span<const Assertion> assertions,
                               const KnownRoleNames& names)
    : plan_(plan), assertions_(assertions) {
  if (assertions.empty() || plan.actions.empty()) {
    assertions_ = {};
    return;
  }
  has_actions_ = true;
  std::set<PolicyId> touched;
  for (Action& action : plan.actions) {
    if (!action.id.empty()) touched.insert(action.id);
    actions_.push_back(std::make_unique<Judged>(std::move(action), names));
  }
  for (const Observed& policy : observed) {
    if (policy.state != PolicyState::active || touched.contains(policy.id)) continue;
    others_.push_back(access_of(policy.content, names));
  }
  begin(assertions_.front());
}

AssertionGuard::~AssertionGuard() {
  if (!has_actions_) return;
  plan_.actions.clear();
  for (auto& judged : actions_) plan_.actions.push_back(std::move(judged->action));
}

void AssertionGuard::begin(const Assertion& assertion) {
  work_ = GlobWork{kWork};
  check_.emplace(assertion, plan_.account);
  next_action_ = assertion.never.empty() && assertion.only.empty() ? actions_.size() : 0;
  next_pattern_ = 0;
}

bool AssertionGuard::step() {
  if (assertions_.empty()) return false;
  const Assertion& assertion = assertions_.front();
  if (next_action_ < actions_.size()) {
    refuse_forbidden(assertion);
  } else if (next_pattern_ < assertion.always.size()) {
    keep_last(assertion, assertion.always[next_pattern_++]);
  } else {
    assertions_ = assertions_.subspan(1);
    if (!assertions_.empty()) begin(assertions_.front());
  }
  return !assertions_.empty();
}

/// Drops writes that `never` or `only` forbids. Undecided ones are written, and shown.
void AssertionGuard::refuse_forbidden(const Assertion& assertion) {
  const std::size_t end = std::min(next_action_ + kActionsAStep, actions_.size());
  const std::size_t first = std::exchange(next_action_, end);
  std::vector<std::pair<std::size_t, Note>> refused;
  for (std::size_t i = first; i < end; ++i) {
    const Judged& judged = *actions_[i];
    if (!judged.after || changes_text_alone(judged.action)) continue;
    const auto broken = check_->first_broken(*judged.after, work_);
    if (!broken) continue;
    refused.emplace_back(i,
                         note_of(judged.action,
                                 NoteKind::conflict,
                                 NoteReason::assertion_broken,
                                 broken_text(judged.action,
                                             assertion,
                                             to_string(broken->rule),
                                             pattern_text(*broken->pattern, plan_.account))));
  }
  next_action_ -= refused.size();
  take_out(refused);
}

void AssertionGuard::keep_last(const Assertion& assertion, const AccessPattern& pattern) {
  const PatternParts parts = parts_of(pattern);
  const auto given_by = [&](const std::optional<Access>& access) {
    return access ? gives(parts, *access, plan_.account, work_) : Answer::no;
  };
  std::vector<std::pair<Answer, Answer>> answers;  // before and after each action
  bool is_any_lost = false;
  Answer given_by_writes = Answer::no;
  for (const auto& judged : actions_) {
    const auto& [before, after] =
        answers.emplace_back(given_by(judged->before), given_by(judged->after));
    is_any_lost |= after < before;
    if (after > before) given_by_writes = std::max(given_by_writes, after);
  }
  if (!is_any_lost) return;
  Answer stays = Answer::no;
  for (const Access& access : others_) {
    stays = std::max(stays, gives(parts, access, plan_.account, work_));
  }
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto [before, after] = answers[i];
    if (actions_[i]->action.verb == Verb::update && after >= before) {
      stays = std::max(stays, before);
    }
  }
  std::vector<std::pair<std::size_t, Note>> kept;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto [before, after] = answers[i];
    const Action& action = actions_[i]->action;
    if (action.id.empty() || after >= before || before <= stays) continue;
    const bool is_replaced = given_by_writes >= before;
    std::string message =
        broken_text(action, assertion, "always", pattern_text(pattern, plan_.account));
    message += is_replaced
                   ? ", and what gives that instead is not there yet: the next plan continues"
                   : ", and nothing else surely gives that: change the assertion first, "
                     "or grant it elsewhere";
    kept.emplace_back(
        i,
        note_of(action,
                is_replaced ? NoteKind::kept : NoteKind::conflict,
                is_replaced ? NoteReason::awaits_replacement : NoteReason::assertion_broken,
                std::move(message)));
  }
  take_out(kept);
}

/// What an action that is not done would have changed stays as it is: the policy is one of the
/// others from here on.
void AssertionGuard::take_out(std::vector<std::pair<std::size_t, Note>>& notes) {
  for (auto& [index, note] : notes) {
    Judged& judged = *actions_[index];
    plan_.notes.push_back(std::move(note));
    if (judged.before) {
      others_.push_back(*judged.before);
      refused_.push_back(std::move(actions_[index]));  // the access points into it
    }
    actions_[index].reset();
  }
  if (!notes.empty()) std::erase(actions_, nullptr);
}

Plan keep_asserted(Plan plan,
                   std::span<const Observed> observed,
                   std::span<const Assertion> assertions,
                   const KnownRoleNames& names) {
  {
    AssertionGuard guard(plan, observed, assertions, names);
    while (guard.step()) {
    }
  }  // which gives the actions back
  return plan;
}

AssertedAccount::AssertedAccount(const Plan& plan,
                                 std::span<const Observed> observed,
                                 const KnownRoleNames& names)
    : account_(plan.account) {
  std::map<PolicyId, const Action*> by_id;
  for (const Action& action : plan.actions) {
    if (is_held(action)) continue;
    if (!action.id.empty()) by_id.emplace(action.id, &action);
    if (action.verb == Verb::create) policies_.emplace_back(nullptr, &*action.after);
  }
  for (const Observed& policy : observed) {
    if (policy.state != PolicyState::active) continue;
    const auto found = by_id.find(policy.id);
    const Action* action = found == by_id.end() ? nullptr : found->second;
    if (action != nullptr && !action->after) continue;
    policies_.emplace_back(&policy, action != nullptr ? &*action->after : &policy.content);
  }
  for (const auto& [_, content] : policies_) accesses_.push_back(access_of(*content, names));
}

AssertionJudgement::AssertionJudgement(const AssertedAccount& account, const Assertion& assertion)
    : account_(account), check_(assertion, account.account_), work_{kWork} {}

bool AssertionJudgement::step() {
  const auto& policies = account_.policies_;
  const std::size_t end = std::min(next_ + kActionsAStep, policies.size());
  for (; next_ < end; ++next_) {
    const auto& [policy, content] = policies[next_];
    Seen seen;
    if (policy != nullptr) seen = {policy->id, policy->created_by, {}};
    check_.see(account_.accesses_[next_], seen, *content, work_);
  }
  return next_ < policies.size();
}

AssertionResult AssertionJudgement::finish() && {
  return std::move(check_).finish(Sight::whole);
}

std::vector<AssertionChange> assertion_changes(std::span<const Assertion> before,
                                               std::span<const Assertion> after) {
  const auto without_places = [](Assertion assertion) {
    assertion.position = {};
    for (auto* list : {&assertion.never, &assertion.always, &assertion.only}) {
      for (AccessPattern& pattern : *list) pattern.position = {};
    }
    assertion.description.clear();
    return assertion;
  };
  std::vector<AssertionChange> changes;
  for (const Assertion& earlier : before) {
    const auto now = std::ranges::find(after, earlier.name, &Assertion::name);
    const bool is_removed = now == after.end();
    if (is_removed || without_places(*now) != without_places(earlier)) {
      changes.push_back({earlier.name, is_removed});
    }
  }
  return changes;
}

AssertionCounts count(std::span<const AssertionResult> results) {
  AssertionCounts counts;
  for (const AssertionResult& result : results) {
    counts.violated += result.verdict == Verdict::violated ? 1U : 0U;
    counts.undecided += result.verdict == Verdict::undecided ? 1U : 0U;
    counts.hold += result.verdict == Verdict::holds ? 1U : 0U;
    counts.violations += result.violations;
  }
  return counts;
}

}  // namespace authzd
