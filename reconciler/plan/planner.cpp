// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/planner.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/plan/asserted.hpp"
#include "reconciler/plan/canonical.hpp"
#include "reconciler/plan/decide.hpp"
#include "reconciler/plan/plan_draft.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace authzd {
namespace {

constexpr std::array<std::string_view, 4> kModes = {
    "observe", "create-only", "upsert-only", "sync"};
constexpr std::array<std::string_view, 3> kAdopts = {"never", "identical", "always"};

template <class Enum, std::size_t N>
std::optional<Enum> parse(const std::array<std::string_view, N>& words, std::string_view text) {
  const auto found = std::find(words.begin(), words.end(), text);
  if (found == words.end()) return std::nullopt;
  return static_cast<Enum>(found - words.begin());
}

/// One note for all policies that only their marker shows to be ours.
void note_trust(Plan& plan, const Survey& view, const Ownership& ownership) {
  if (!ownership.trusts_markers) return;
  const auto trusted = std::ranges::count_if(view.policies, [&](const SurveyedPolicy& it) {
    return it.owner == OwnerClass::ours && !is_witnessed(*it.policy, ownership);
  });
  if (trusted == 0) return;
  Note note;
  note.reason = NoteReason::markers_trusted;
  note.message = count_of(static_cast<std::size_t>(trusted), "policy is", "policies are") +
                 " taken as ours by the marker alone, as this call has neither the state nor the "
                 "identity of the installation; where it runs, one that was only copied is a "
                 "conflict";
  plan.notes.push_back(std::move(note));
}

/// Drops everything from the plan that belongs to other authorizations than those asked for.
void keep_named(Plan& plan, const PlanOptions& options) {
  const auto is_other = [&options](const auto& part) { return !options.plans(part.name); };
  std::erase_if(plan.actions, is_other);
  std::erase_if(plan.notes, is_other);
  std::erase_if(plan.ends, is_other);
}

/// What an action is sorted by. The views point into the action.
struct Place {
  Verb verb;
  std::string_view key;
  std::string_view id;
  std::size_t number;  // of the action, before

  bool operator<(const Place& other) const {
    return std::tie(verb, key, id) < std::tie(other.verb, other.key, other.id);
  }
};

/// Sorts places instead of actions, which are large.
void sort_actions(std::vector<Action>& actions) {
  std::vector<Place> places;
  places.reserve(actions.size());
  for (const Action& action : actions) {
    places.push_back({action.verb, action.key.text(), action.id.value, places.size()});
  }
  if (std::is_sorted(places.begin(), places.end())) return;
  std::sort(places.begin(), places.end());
  std::vector<Action> sorted;
  sorted.reserve(actions.size());
  for (const Place& place : places) sorted.push_back(std::move(actions[place.number]));
  actions = std::move(sorted);
}

void sort(Plan& plan) {
  sort_actions(plan.actions);
  sort_notes(plan);
}

}  // namespace

PlanDraft draft_plan(const AccountId& account,
                     std::span<const ResolvedGrant> desired,
                     std::span<const Observed> observed,
                     const Ownership& ownership,
                     const PlanOptions& options) {
  PlanDraft draft{survey(account, desired, observed, ownership, options), {}};
  draft.plan = decide(account, draft.view, ownership, options);
  return draft;
}

Plan finish_plan(PlanDraft draft, const Ownership& ownership, const PlanOptions& options) {
  Plan plan = filter_by_mode(std::move(draft.plan), options.mode);
  if (!options.names.empty()) keep_named(plan, options);
  note_trust(plan, draft.view, ownership);
  sort(plan);
  return plan;
}

Plan make_plan(const AccountId& account,
               std::span<const ResolvedGrant> desired,
               std::span<const Observed> observed,
               const Ownership& ownership,
               const PlanOptions& options) {
  PlanDraft draft = draft_plan(account, desired, observed, ownership, options);
  draft.plan =
      keep_asserted(std::move(draft.plan), observed, options.assertions, options.role_names);
  Plan plan = finish_plan(std::move(draft), ownership, options);
  plan.hash = hash_plan(plan);
  return plan;
}

std::string_view to_string(Mode mode) {
  return kModes[static_cast<std::size_t>(mode)];
}

std::string_view to_string(Adopt adopt) {
  return kAdopts[static_cast<std::size_t>(adopt)];
}

std::optional<Mode> parse_mode(std::string_view text) {
  return parse<Mode>(kModes, text);
}

std::optional<Adopt> parse_adopt(std::string_view text) {
  return parse<Adopt>(kAdopts, text);
}

namespace {

std::string_view what_mode_does(Mode mode) {
  switch (mode) {
    case Mode::observe: return "never writes";
    case Mode::create_only: return "only creates";
    case Mode::upsert_only: return "never deletes";
    case Mode::sync: break;
  }
  return "allows everything";
}

Note note_of(Action action, Mode mode) {
  const bool is_expiry = action.reason == Reason::expired;
  std::string message = "would " + std::string(to_string(action.verb));
  message += action.id.empty() ? " a policy" : " policy " + printable(action.id.value);
  if (is_expiry) message += ", whose grant has expired";
  message +=
      " (mode " + std::string(to_string(mode)) + " " + std::string(what_mode_does(mode)) + ")";

  const auto reason = is_expiry ? NoteReason::expired : NoteReason::mode;
  return note_of_dropped(std::move(action), NoteKind::kept, reason, std::move(message));
}

}  // namespace

bool is_allowed(Mode mode, Verb verb) {
  switch (mode) {
    case Mode::observe: return false;
    case Mode::create_only: return verb == Verb::create;
    case Mode::upsert_only: return verb != Verb::remove;
    case Mode::sync: return true;
  }
  return false;
}

Plan filter_by_mode(Plan plan, Mode mode) {
  if (mode == Mode::sync) return plan;
  std::vector<Action> allowed;
  allowed.reserve(plan.actions.size());
  for (Action& action : plan.actions) {
    if (is_allowed(mode, action.verb)) {
      allowed.push_back(std::move(action));
    } else {
      plan.notes.push_back(note_of(std::move(action), mode));
    }
  }
  plan.actions = std::move(allowed);
  return plan;
}

}  // namespace authzd
