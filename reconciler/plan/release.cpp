// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/release.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/pattern/policy_pattern.hpp"
#include "reconciler/plan/canonical.hpp"
#include "reconciler/plan/notes.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace authzd {
namespace {

Action release(const SurveyedPolicy& it) {
  const Observed& policy = *it.policy;
  Action action;
  action.verb = Verb::update;
  action.name = it.description->marker->name;
  action.key = it.key;
  action.id = policy.id;
  action.before = policy.content;
  action.after = policy.content;
  action.after->description = it.description->text;
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

bool is_known_alone(const SurveyedPolicy& it, const Ownership& ownership) {
  return ownership.known->contains(it.policy->id) &&
         (it.owner == OwnerClass::unmarked || it.owner == OwnerClass::theirs);
}

/// Finds the grants that policies were made for.
class GrantsByKey {
 public:
  explicit GrantsByKey(std::span<const Grant> desired) : desired_(desired) {}

  /// For an altered policy that the state does not know, the marker has only the key's hash.
  [[nodiscard]] const Grant* find(const SurveyedPolicy& it) {
    const bool is_by_hash = it.owner == OwnerClass::altered && it.written == nullptr;
    if (is_by_hash) return find_hash(it.description->marker->hash12);
    const Key& key = it.written != nullptr ? it.written->key : it.key;
    const auto found = std::ranges::lower_bound(desired_, key, {}, &Grant::key);
    return found == desired_.end() || found->key != key ? nullptr : &*found;
  }

 private:
  const Grant* find_hash(const std::string& hash) {
    if (by_hash_.empty()) {
      for (const Grant& grant : desired_) by_hash_.emplace(grant.key.hash12(), &grant);
    }
    const auto found = by_hash_.find(hash);
    return found == by_hash_.end() ? nullptr : found->second;
  }

  std::span<const Grant> desired_;
  std::unordered_map<std::string, const Grant*> by_hash_;
};

/// Which policies are meant. A policy belongs to the document whose grant it was made for, and only
/// without such a grant to the name that it carries.
class Choice {
 public:
  Choice(std::span<const Observed> observed, const ReleaseOptions& options) : options_(options) {
    const std::string_view which = options.which;
    is_id_ = std::ranges::any_of(observed, [&](const Observed& p) { return p.id.value == which; });
    has_document_ = std::ranges::any_of(options.desired,
                                        [&](const Grant& grant) { return grant.name == which; });
  }

  [[nodiscard]] bool has(const SurveyedPolicy& it, const Grant* grant) const {
    if (options_.which.empty()) return true;
    if (is_id_) return it.policy->id.value == options_.which;
    if (grant != nullptr) return grant->name == options_.which;
    return it.description->marker && it.description->marker->name == options_.which;
  }

  /// It carries the name of a document that did not make it.
  [[nodiscard]] bool is_left_behind(const Grant* grant) const {
    return !options_.which.empty() && !is_id_ && has_document_ && grant == nullptr;
  }

  [[nodiscard]] bool is_wanted(const Grant* grant) const {
    if (!options_.are_manifests_known) return true;
    if (grant == nullptr) return false;
    return !grant->expires_at || !options_.time.has_passed(*grant->expires_at);
  }

 private:
  const ReleaseOptions& options_;
  bool is_id_ = false;
  bool has_document_ = false;
};

Note left_behind(const SurveyedPolicy& it) {
  const std::string id = printable(it.policy->id.value);
  const std::string& name = it.description->marker->name;
  return note_on(NoteKind::conflict,
                 NoteReason::not_desired,
                 "policy " + id + " carries the name " + name +
                     ", too, but no grant of it wants the policy: it is not released with " + name +
                     ", and is deleted as `authzd plan` shows. To keep it in force: `authzd "
                     "release " +
                     id + "`",
                 it,
                 nullptr);
}

Note not_wanted(const SurveyedPolicy& it) {
  return note_on(
      NoteKind::kept,
      NoteReason::not_desired,
      "no manifest wants policy " + printable(it.policy->id.value) +
          " any more: it stays in force once authzd stops managing it, and is not deleted",
      it,
      nullptr);
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
    if (it.owner == OwnerClass::altered) return key.hash12() == it.description->marker->hash12;
    return key == it.key;
  }

  const ReleaseOptions& options_;
};

class Releaser {
 public:
  Releaser(const AccountId& account,
           std::span<const Observed> observed,
           const Ownership& ownership,
           const ReleaseOptions& options)
      : ownership_(ownership),
        options_(options),
        grants_(options.desired),
        choice_(observed, options),
        protections_(options) {
    plan_.account = account;
  }

  void decide(const SurveyedPolicy& it) {
    const Grant* grant = grants_.find(it);
    if (!choice_.has(it, grant)) return;
    const bool is_forgotten = is_known_alone(it, ownership_);
    const bool is_ours = it.owner == OwnerClass::ours || it.owner == OwnerClass::altered;
    plan_.ours += is_ours;
    if (!is_forgotten && !is_ours) return;
    if (is_ours && choice_.is_left_behind(grant)) return add(left_behind(it));
    if (auto why = protections_.stops(it)) return add(std::move(*why));
    if (is_forgotten) return add(forgotten(it));
    Action action = release(it);
    if (const auto* pattern = find_never(options_.never, it.policy->content)) {
      return add(untouched(action, *pattern));
    }
    if (!it.policy->content.extras.empty()) return add(not_releasable(it, nullptr));
    if (!choice_.is_wanted(grant)) add(not_wanted(it));
    plan_.actions.push_back(std::move(action));
  }

  Plan plan() && {
    std::ranges::sort(plan_.actions, [](const Action& a, const Action& b) {
      return std::tie(a.key, a.id) < std::tie(b.key, b.id);
    });
    std::ranges::sort(plan_.notes, {}, &Note::id);
    plan_.hash = hash_plan(plan_);
    return std::move(plan_);
  }

 private:
  void add(Note note) { plan_.notes.push_back(std::move(note)); }

  const Ownership& ownership_;
  const ReleaseOptions& options_;
  GrantsByKey grants_;
  Choice choice_;
  Protections protections_;
  Plan plan_;
};

}  // namespace

Plan make_release_plan(const AccountId& account,
                       std::span<const Observed> observed,
                       const Ownership& ownership,
                       const ReleaseOptions& options) {
  Releaser releaser(account, observed, ownership, options);
  for (const Observed& policy : observed) {
    if (policy.state != PolicyState::active) continue;
    releaser.decide(sight(account, policy, ownership));
  }
  return std::move(releaser).plan();
}

}  // namespace authzd
