// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/release.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/pattern/policy_pattern.hpp"
#include "reconciler/plan/canonical.hpp"
#include "reconciler/plan/notes.hpp"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

namespace authzd {
namespace {

Action release(const SurveyedPolicy& it) {
  const Observed& policy = *it.policy;
  Action action;
  action.verb = Verb::update;
  action.name = it.description.marker->name;
  action.key = it.key;
  action.id = policy.id;
  action.before = policy.content;
  action.after = policy.content;
  action.after->description = it.description.text;
  action.last_modified_at = policy.last_modified_at;
  action.reason = Reason::released;
  action.risk = Risk::neutral;
  return action;
}

Note untouched(const Action& action, const PolicyPattern& pattern) {
  Note note;
  note.kind = NoteKind::kept;
  note.reason = NoteReason::never;
  note.message = "policy " + printable(action.id.value) + " fits rails.never (" +
                 printable(pattern_text(pattern)) + ") and keeps its marker";
  note.name = action.name;
  note.id = action.id;
  note.policy = action.before;
  return note;
}

/// There is no marker to remove: only the state says that it is ours.
Note forgotten(const SurveyedPolicy& it) {
  return note_on(NoteKind::kept,
                 NoteReason::released,
                 "policy " + printable(it.policy->id.value) +
                     " carries no marker of ours; that it was ours is forgotten",
                 it,
                 nullptr);
}

bool is_chosen(const SurveyedPolicy& it, std::string_view which) {
  const auto& marker = it.description.marker;
  return which.empty() || it.policy->id.value == which || (marker && marker->name == which);
}

bool is_known_alone(const SurveyedPolicy& it, const Ownership& ownership) {
  return ownership.known_ids.contains(it.policy->id) &&
         (it.owner == OwnerClass::unmarked || it.owner == OwnerClass::theirs);
}

/// Looks up the protection of a policy.
class Protections {
 public:
  explicit Protections(const ReleaseOptions& options) : options_(options) {}

  /// Why the policy is not released; none: no protection is in force.
  [[nodiscard]] std::optional<Note> stops(const SurveyedPolicy& it) const {
    if (!it.is_marked_protected) return std::nullopt;
    const ProtectReleases& releases = options_.protect_releases;
    const auto is_of_it = [&it](const Key& key) { return is_key_of(it, key); };
    const auto grant = std::ranges::find_if(options_.desired, is_of_it, &Grant::key);
    const Grant* const found = grant == options_.desired.end() ? nullptr : &*grant;
    const bool is_wanted = found != nullptr && found->is_protected;
    if (!is_wanted && std::ranges::any_of(releases.due, is_of_it)) return std::nullopt;
    Protection protection{.is_wanted = is_wanted, .delay = releases.delay};
    const auto ends = std::ranges::find_if(
        releases.to_come, is_of_it, [](const auto& each) -> const Key& { return each.first; });
    if (ends != releases.to_come.end() && !is_wanted) protection.ends = ends->second;
    Note note = protected_from(it, found, "released", protection);
    note.kind = NoteKind::conflict;  // it was asked for, and is not done
    return note;
  }

 private:
  /// Protection is stored by the key that the policy was made for. For an altered policy that the
  /// state does not know, the marker has only the key's hash.
  static bool is_key_of(const SurveyedPolicy& it, const Key& key) {
    if (it.written != nullptr) return key == it.written->key;
    if (it.owner == OwnerClass::altered) return key.hash12() == it.description.marker->hash12;
    return key == it.key;
  }

  const ReleaseOptions& options_;
};

}  // namespace

Plan make_release_plan(const AccountId& account,
                       std::span<const Observed> observed,
                       const Ownership& ownership,
                       const ReleaseOptions& options) {
  Plan plan;
  plan.account = account;
  const Protections protections(options);
  for (const Observed& policy : observed) {
    if (policy.state != PolicyState::active) continue;
    const SurveyedPolicy it = sight(account, policy, ownership);
    if (!is_chosen(it, options.which)) continue;
    const bool is_forgotten = is_known_alone(it, ownership);
    const bool is_ours = it.owner == OwnerClass::ours || it.owner == OwnerClass::altered;
    plan.ours += is_ours;
    if (!is_forgotten && !is_ours) continue;
    if (auto why = protections.stops(it)) {
      plan.notes.push_back(std::move(*why));
      continue;
    }
    if (is_forgotten) {
      plan.notes.push_back(forgotten(it));
      continue;
    }
    Action action = release(it);
    if (const auto* pattern = find_never(options.never, policy.content)) {
      plan.notes.push_back(untouched(action, *pattern));
    } else if (!policy.content.extras.empty()) {
      plan.notes.push_back(not_releasable(it, nullptr));
    } else {
      plan.actions.push_back(std::move(action));
    }
  }
  std::ranges::sort(plan.actions, [](const Action& a, const Action& b) {
    return std::tie(a.key, a.id) < std::tie(b.key, b.id);
  });
  std::ranges::sort(plan.notes, {}, &Note::id);
  plan.hash = hash_plan(plan);
  return plan;
}

}  // namespace authzd
