// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/asserted.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/pattern/assertion_check.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace authzd {
namespace {

// The pattern budget of one assertion in a plan, which is made in one step.
constexpr std::size_t kWork = 1'000'000;

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

class Keeper {
 public:
  Keeper(Plan& plan, std::span<const Observed> observed, const KnownRoleNames& names)
      : plan_(plan), observed_(observed), names_(names) {
    for (const Action& action : plan_.actions) {
      if (!action.id.empty()) touched_.insert(action.id);
    }
  }

  void keep(const Assertion& assertion) {
    GlobWork work{kWork};
    refuse_forbidden(assertion, work);
    for (const AccessPattern& pattern : assertion.always) keep_last(assertion, pattern, work);
  }

 private:
  Answer given_by(const AccessPattern& pattern,
                  const std::optional<PolicyContent>& content,
                  GlobWork& work) const {
    if (!content) return Answer::no;
    return gives(pattern, access_of(*content, names_), plan_.account, work);
  }

  /// Drops writes that `never` or `only` forbids. Undecided ones are written, and shown.
  void refuse_forbidden(const Assertion& assertion, GlobWork& work) {
    if (assertion.never.empty() && assertion.only.empty()) return;
    take_out([&](const Action& action) -> std::optional<Note> {
      if (!action.after || changes_text_alone(action)) return std::nullopt;
      Assertion forbids = {.name = assertion.name, .position = assertion.position};
      forbids.never = assertion.never;
      forbids.only = assertion.only;
      AssertionCheck check(forbids, plan_.account);
      check.see(access_of(*action.after, names_), {}, *action.after, work);
      const AssertionResult result = std::move(check).finish(Sight::whole);
      if (result.verdict != Verdict::violated) return std::nullopt;
      const AssertionFinding& found = result.findings.front();
      return note_of(action,
                     NoteKind::conflict,
                     NoteReason::assertion_broken,
                     broken_text(action, assertion, to_string(found.rule), found.pattern_text));
    });
  }

  void keep_last(const Assertion& assertion, const AccessPattern& pattern, GlobWork& work) {
    std::map<PolicyId, Answer> losses;  // the answer before
    Answer given_by_writes = Answer::no;
    for (const Action& action : plan_.actions) {
      const Answer before = given_by(pattern, action.before, work);
      const Answer after = given_by(pattern, action.after, work);
      if (after < before) losses.emplace(action.id, before);
      if (after > before) given_by_writes = std::max(given_by_writes, after);
    }
    if (losses.empty()) return;
    const Answer stays = given_by_others(pattern, losses, work);
    take_out([&](const Action& action) -> std::optional<Note> {
      const auto loss = losses.find(action.id);
      if (action.id.empty() || loss == losses.end() || loss->second <= stays) return std::nullopt;
      const bool is_replaced = given_by_writes >= loss->second;
      std::string message =
          broken_text(action, assertion, "always", pattern_text(pattern, plan_.account));
      message += is_replaced
                     ? ", and what gives that instead is not there yet: the next plan goes on"
                     : ", and nothing else surely gives that: change the assertion first, "
                       "or grant it elsewhere";
      return note_of(action,
                     is_replaced ? NoteKind::kept : NoteKind::conflict,
                     is_replaced ? NoteReason::awaits_replacement : NoteReason::assertion_broken,
                     std::move(message));
    });
  }

  Answer given_by_others(const AccessPattern& pattern,
                         const std::map<PolicyId, Answer>& losses,
                         GlobWork& work) const {
    Answer best = Answer::no;
    for (const Observed& policy : observed_) {
      if (policy.state != PolicyState::active || touched_.contains(policy.id)) continue;
      best = std::max(best, given_by(pattern, policy.content, work));
    }
    for (const Action& action : plan_.actions) {
      if (action.verb != Verb::update || losses.contains(action.id)) continue;
      best = std::max(
          best,
          std::min(given_by(pattern, action.before, work), given_by(pattern, action.after, work)));
    }
    return best;
  }

  template <class Judge>
  void take_out(Judge judge) {
    std::vector<Action> kept;
    std::vector<Note> notes;
    for (Action& action : plan_.actions) {
      if (auto note = judge(action)) {
        notes.push_back(std::move(*note));
      } else {
        kept.push_back(action);
      }
    }
    if (notes.empty()) return;
    for (const Note& note : notes) touched_.erase(note.id);
    plan_.actions = std::move(kept);
    std::ranges::move(notes, std::back_inserter(plan_.notes));
  }

  Plan& plan_;
  std::span<const Observed> observed_;
  const KnownRoleNames& names_;
  std::set<PolicyId> touched_;
};

}  // namespace

Plan keep_asserted(Plan plan,
                   std::span<const Observed> observed,
                   std::span<const Assertion> assertions,
                   const KnownRoleNames& names) {
  if (assertions.empty() || plan.actions.empty()) return plan;
  Keeper keeper(plan, observed, names);
  for (const Assertion& assertion : assertions) keeper.keep(assertion);
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

AssertionResult AssertedAccount::judge(const Assertion& assertion) const {
  AssertionCheck check(assertion, account_);
  GlobWork work{kWork};
  for (std::size_t i = 0; i < policies_.size(); ++i) {
    const auto& [policy, content] = policies_[i];
    Seen seen;
    if (policy != nullptr) seen = {policy->id, policy->created_by, {}};
    check.see(accesses_[i], seen, *content, work);
  }
  return std::move(check).finish(Sight::whole);
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
