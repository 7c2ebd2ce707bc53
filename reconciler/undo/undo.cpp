// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/undo/undo.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/pattern/policy_pattern.hpp"
#include "reconciler/plan/canonical.hpp"
#include "reconciler/plan/notes.hpp"
#include "reconciler/plan/planner.hpp"
#include "reconciler/plan/risk.hpp"
#include "reconciler/plan/survey.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace authzd {
namespace {

std::string named(const PolicyId& id) {
  return "policy " + printable(id.value);
}

/// The policy as the run left it, if seen; else as it was planned.
const PolicyContent* left_behind(const PastAction& past) {
  const bool is_seen = past.outcome && past.outcome->kind == OutcomeKind::done;
  if (is_seen && past.outcome->stored) return &past.outcome->stored->policy.content;
  return past.action.after ? &*past.action.after : nullptr;
}

/// The run did something here, or may have done.
bool may_have_written(const PastAction& past) {
  if (!past.outcome) return true;
  return past.outcome->wrote && past.outcome->kind != OutcomeKind::restored;
}

bool is_ours(OwnerClass owner) {
  return owner == OwnerClass::ours || owner == OwnerClass::altered || owner == OwnerClass::unmarked;
}

/// Only these are excluded: a policy that is unchanged since was ours then, even if it no longer
/// looks like it (a release can be undone, too).
bool is_out_of_bounds(OwnerClass owner) {
  return owner == OwnerClass::foreign || owner == OwnerClass::theirs ||
         owner == OwnerClass::disputed;
}

std::string name_of(const PolicyContent& content) {
  const auto marker = parse_description(content.description).marker;
  return marker ? marker->name : std::string();
}

bool carries_protection(const PolicyContent& content) {
  const Description description = parse_description(content.description);
  const auto is_protected = [](const Marker& marker) { return marker.is_protected; };
  return (description.marker && description.marker->is_protected) ||
         std::ranges::any_of(description.rivals, is_protected);
}

/// An undo reverts what was written, except a protection: only its manifest ends that.
void keep_protection(PolicyContent& content) {
  Description description = parse_description(content.description);
  if (!description.marker || description.marker->is_protected) return;
  description.marker->is_protected = true;
  content.description = render_description(description.text, description.marker);
}

Note protected_from_undo(const SurveyedPolicy& surveyed, const std::string& what) {
  return note_on(NoteKind::conflict,
                 NoteReason::protection,
                 "policy " + printable(surveyed.policy->id.value) + " is protected and not " +
                     what +
                     ", by an undo either; take `protect` off its manifest, and change or remove "
                     "it there",
                 surveyed,
                 nullptr);
}

// The decision depends on what a run did to a policy, and on its current state:
//
//   the run  | now                          | undo
//   ---------+------------------------------+----------------------------------------------------
//   removed  | the policy is there as before| note Undone
//   removed  | it is there, but different   | conflict ChangedSince
//   removed  | another policy has its key   | conflict KeyTaken
//   removed  | neither                      | create with its id: restored, or recreated
//   changed  | as the run left it           | update to what was before
//   changed  | as it was before             | note Undone
//   changed  | gone, or different           | conflict ChangedSince
//   changed  | as left, old key is taken    | conflict KeyTaken
//   changed  | as left, before had parts    | conflict CannotRestore
//            | that authzd cannot write     |
//   made     | as the run left it           | remove
//   made     | gone                         | note Undone
//   made     | different                    | conflict ChangedSince
//
// If the outcome is unknown, the same table shows whether anything was done. Protection and `never`
// are checked last, as in every plan; a policy that is not ours is a conflict NotOurs.
class Undoer {
 public:
  Undoer(const AccountId& account,
         std::span<const Observed> observed,
         const Ownership& ownership,
         const UndoOptions& options)
      : account_(account), options_(options), view_(survey(account, {}, observed, ownership, {})) {
    undo_.plan.account = account;
    for (const SurveyedPolicy& it : view_.policies) {
      by_id_.emplace(it.policy->id, &it);
      by_key_.emplace(it.key, &it);
      if (is_ours(it.owner)) ++undo_.plan.ours;
    }
  }

  void take_back(const PastAction& past) {
    switch (past.action.verb) {
      case Verb::create: return take_back_create(past);
      case Verb::update: return take_back_update(past);
      case Verb::remove: return take_back_remove(past);
    }
  }

  Undo finish() && {
    Plan& plan = undo_.plan;
    plan = filter_by_mode(std::move(plan), options_.mode);
    std::ranges::sort(
        plan.actions, {}, [](const Action& a) { return std::tie(a.verb, a.key, a.id); });
    std::ranges::sort(plan.notes, {}, [](const Note& n) {
      return std::tie(n.kind, n.reason, n.name, n.id, n.message);
    });
    plan.hash = hash_plan(plan);
    for (const Action& action : plan.actions) {
      undo_.touched.insert(action.key);
      if (action.before) undo_.touched.insert(key_of(account_, *action.before));
    }
    return std::move(undo_);
  }

 private:
  void take_back_remove(const PastAction& past) {
    const PolicyContent& before = *past.action.before;
    const Key key = key_of(account_, before);
    if (const SurveyedPolicy* it = find(past.action.id)) {
      if (it->policy->content == before) return note_undone(past, it->policy->id);
      return note_changed(past, it->policy->id, it);
    }
    if (const SurveyedPolicy* holder = holder_of(key)) return note_taken(past, *holder);
    Action action;
    action.verb = Verb::create;
    if (options_.forgotten.contains(past.action.id)) {
      if (!before.extras.empty()) return note_lost(past);
      note_new_id(past);
    } else {
      action.id = past.action.id;
    }
    action.key = key;
    action.after = before;
    propose(std::move(action), nullptr);
  }

  void take_back_update(const PastAction& past) {
    const PolicyContent& before = *past.action.before;
    const SurveyedPolicy* it = find(past.action.id);
    if (it == nullptr) return note_changed(past, past.action.id, nullptr);
    if (it->policy->content == before) return note_undone(past, past.action.id);
    if (it->policy->content != *left_behind(past)) return note_changed(past, past.action.id, it);
    if (is_out_of_bounds(it->owner)) return note_not_ours(past, *it);
    if (!before.extras.empty()) return note_cannot(past, *it);
    const Key key = key_of(account_, before);
    const SurveyedPolicy* holder = holder_of(key);
    if (holder != nullptr && holder != it) return note_taken(past, *holder);
    Action action = action_on(*it, Verb::update);
    action.key = key;
    action.after = before;
    propose(std::move(action), it);
  }

  void take_back_create(const PastAction& past) {
    const PolicyContent& made = *left_behind(past);
    const PolicyId id = made_id(past);
    const SurveyedPolicy* it = id.empty() ? holder_of(past.action.key) : find(id);
    if (it == nullptr) return note_undone(past, id);
    if (it->policy->content != made) return note_changed(past, it->policy->id, it);
    if (is_out_of_bounds(it->owner)) return note_not_ours(past, *it);
    Action action = action_on(*it, Verb::remove);
    propose(std::move(action), it);
  }

  /// The policy that a create of the run made; empty if its reply was lost.
  static PolicyId made_id(const PastAction& past) {
    if (past.outcome && past.outcome->stored) return past.outcome->stored->policy.id;
    return past.action.id;
  }

  [[nodiscard]] const SurveyedPolicy* find(const PolicyId& id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
  }

  [[nodiscard]] const SurveyedPolicy* holder_of(const Key& key) const {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : found->second;
  }

  static Action action_on(const SurveyedPolicy& it, Verb verb) {
    Action action;
    action.verb = verb;
    action.key = it.key;
    action.id = it.policy->id;
    action.before = it.policy->content;
    action.last_modified_at = it.policy->last_modified_at;
    return action;
  }

  /// By its marker or according to the state.
  [[nodiscard]] static bool is_protected(const SurveyedPolicy& it) {
    return it.is_marked_protected || carries_protection(it.policy->content);
  }

  /// The only way into the plan, as in the planner. For two actions of a run on one policy, the
  /// later one is reverted, and the current state shows which that was.
  void propose(Action action, const SurveyedPolicy* it) {
    if (keys_.contains(action.key) || ids_.contains(action.id)) return;
    action.reason = Reason::undone;
    action.name = name_of(action.after ? *action.after : *action.before);
    const Effect effect = effect_of(action.before, action.after);
    action.risk = to_risk(effect);
    if (it != nullptr && is_protected(*it)) {
      if (effect.narrows) {
        return add(protected_from_undo(*it, action.verb == Verb::remove ? "deleted" : "narrowed"));
      }
      if (action.after) keep_protection(*action.after);
      if (action.after == action.before) {
        return add(protected_from_undo(*it, "released from that"));
      }
    }
    for (const auto* content : {&action.before, &action.after}) {
      const auto* pattern = *content ? find_never(options_.never, **content) : nullptr;
      if (pattern == nullptr) continue;
      if (it == nullptr) return note_never(action, *pattern);
      Note never = never_touched(action, *pattern, it, nullptr);
      never.kind = NoteKind::conflict;  // it was asked for, and is not done
      return add(std::move(never));
    }
    if (it != nullptr && effect.narrows) {
      action.removal.emplace().last_permit_at = it->policy->last_permit_at;
    }
    keys_.insert(action.key);
    if (!action.id.empty()) ids_.insert(action.id);
    undo_.plan.actions.push_back(std::move(action));
  }

  void add(Note note) { undo_.plan.notes.push_back(std::move(note)); }

  void add(NoteKind kind,
           NoteReason reason,
           std::string message,
           const PastAction& past,
           const PolicyId& id,
           const SurveyedPolicy* it = nullptr) {
    Note note;
    note.kind = kind;
    note.reason = reason;
    note.message = std::move(message);
    note.name = past.action.name;
    note.id = id;
    if (it != nullptr) note.policy = it->policy->content;
    add(std::move(note));
  }

  /// For a policy that does not exist.
  void note_never(const Action& action, const PolicyPattern& pattern) {
    Note note;
    note.kind = NoteKind::conflict;
    note.reason = NoteReason::never;
    note.message = named(action.id) +
                   " is not brought back: rails.never forbids to touch what fits (" +
                   printable(pattern_text(pattern)) + ")";
    note.name = action.name;
    note.id = action.id;
    add(std::move(note));
  }

  void note_undone(const PastAction& past, const PolicyId& id) {
    const std::string what = id.empty() ? "what it would have made" : named(id);
    add(NoteKind::kept, NoteReason::undone, what + " is as it was before the run", past, id);
  }

  void note_changed(const PastAction& past, const PolicyId& id, const SurveyedPolicy* it) {
    std::string how = named(id) + " is gone";
    if (it != nullptr) {
      how = named(id) + " is not as the run left it: last modified by " +
            printable(it->policy->last_modified_by.value) + " at " +
            printable(it->policy->last_modified_at);
    }
    add(NoteKind::conflict, NoteReason::changed_since, how + "; it is left alone", past, id, it);
  }

  void note_taken(const PastAction& past, const SurveyedPolicy& holder) {
    add(NoteKind::conflict,
        NoteReason::key_taken,
        named(holder.policy->id) +
            " has its place now; delete that one first, if this one is wanted",
        past,
        past.action.id,
        &holder);
  }

  void note_not_ours(const PastAction& past, const SurveyedPolicy& it) {
    add(NoteKind::conflict,
        NoteReason::not_ours,
        named(it.policy->id) + " is not managed here any more; it is left alone",
        past,
        it.policy->id,
        &it);
  }

  void note_new_id(const PastAction& past) {
    add(NoteKind::kept,
        NoteReason::new_id,
        "IAM keeps deleted policies for 10 days, and no longer has " + named(past.action.id) +
            ": the policy that replaces it has another id",
        past,
        past.action.id);
  }

  void note_lost(const PastAction& past) {
    add(NoteKind::conflict,
        NoteReason::cannot_restore,
        "IAM keeps deleted policies for 10 days, and no longer has " + named(past.action.id) +
            "; it had parts that authzd cannot write (" +
            printable(past.action.before->extras.begin()->first) + "): create it by hand",
        past,
        past.action.id);
  }

  void note_cannot(const PastAction& past, const SurveyedPolicy& it) {
    add(NoteKind::conflict,
        NoteReason::cannot_restore,
        named(it.policy->id) + " had parts that authzd cannot write (" +
            printable(past.action.before->extras.begin()->first) + "); set them by hand",
        past,
        it.policy->id,
        &it);
  }

  const AccountId& account_;
  const UndoOptions& options_;
  Survey view_;
  std::map<PolicyId, const SurveyedPolicy*> by_id_;
  std::map<Key, const SurveyedPolicy*> by_key_;
  std::set<Key> keys_;      // of the plan's actions
  std::set<PolicyId> ids_;  // of those that have one
  Undo undo_;
};

bool is_whole(const Action& action) {
  switch (action.verb) {
    case Verb::create: return action.after.has_value();
    case Verb::update: return action.before && action.after;
    case Verb::remove: return action.before.has_value();
  }
  return false;
}

}  // namespace

std::set<PolicyId> removed_for_good(std::span<const PastAction> past,
                                    std::span<const Observed> observed) {
  std::set<PolicyId> gone;
  for (const PastAction& each : past) {
    if (each.action.verb == Verb::remove && may_have_written(each)) gone.insert(each.action.id);
  }
  for (const Observed& policy : observed) gone.erase(policy.id);
  return gone;
}

Undo make_undo(const AccountId& account,
               std::span<const PastAction> past,
               std::span<const Observed> observed,
               const Ownership& ownership,
               const UndoOptions& options) {
  Undoer undoer(account, observed, ownership, options);
  for (auto it = past.rbegin(); it != past.rend(); ++it) {
    if (may_have_written(*it) && is_whole(it->action)) undoer.take_back(*it);
  }
  return std::move(undoer).finish();
}

}  // namespace authzd
