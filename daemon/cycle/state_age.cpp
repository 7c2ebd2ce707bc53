// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/state_age.hpp"

#include "daemon/cycle/rails_and_quorum.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/model/marker.hpp"
#include "reconciler/plan/canonical.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace authzd {
namespace {

/// The times of the changes to the policy that IAM attributes to one of our identities: who changed
/// it last, and who made it, even if others changed it since.
std::vector<Timestamp> own_changes(const Observed& policy, const std::set<IamId>& identities) {
  std::vector<Timestamp> times;
  const auto add = [&](const IamId& who, const std::string& when) {
    const auto at = parse_rfc3339(when);
    if (at && identities.contains(who)) times.push_back(*at);
  };
  add(policy.last_modified_by, policy.last_modified_at);
  add(policy.created_by, policy.created_at);
  return times;
}

bool has_own_marker(const Observed& policy, const Ownership& ownership) {
  const auto marker = parse_description(policy.content.description).marker;
  return marker &&
         (marker->owner == ownership.owner || ownership.previous_owners.contains(marker->owner));
}

/// Looks for the newest change of ours. One in the future says nothing until its time has come: it
/// would hide each later change until then.
struct NewestChange {
  const Ownership& ownership;
  const std::set<IamId>& identities;
  const std::map<PolicyId, std::set<Timestamp>>& explained_ahead;
  Timestamp latest;
  StateAge& age;

  void look(std::span<const Observed> policies) const {
    for (const Observed& policy : policies) {
      for (const Timestamp at : own_changes(policy, identities)) look(policy, at);
    }
  }

  void look(const Observed& policy, Timestamp at) const {
    const bool is_ahead = at > latest;
    if (!is_ahead && age.newest && at <= age.newest->at) return;
    if (!has_own_marker(policy, ownership) || is_explained(policy.id, at)) return;
    if (is_ahead) {
      age.ahead.push_back({policy.id, at});
    } else {
      age.newest = OwnChange{policy.id, at};
    }
  }

  [[nodiscard]] bool is_explained(const PolicyId& policy, Timestamp at) const {
    const auto found = explained_ahead.find(policy);
    return found != explained_ahead.end() && found->second.contains(at);
  }
};

/// A change that was found before, unless enough people have approved deletes since.
Result<std::optional<OwnChange>> standing_change(const ReadingContext& context,
                                                 const TrustedTime& time) {
  auto standing = context.state.changes.distrusted();
  if (!standing || !*standing) return standing;
  const auto quorum = quorum_of(context.spec, context.state, time.latest, context.wrote);
  if (!quorum) return quorum.error();
  const auto is_over = context.state.approvals.are_first_deletes_approved(time.latest, *quorum);
  if (!is_over) return is_over.error();
  if (*is_over) standing->reset();
  return standing;
}

/// None of them counts as announced.
void restart(std::map<Key, StandingEnd>& ends) {
  for (auto& [key, end] : ends) end.since = end.at;
}

void distrust(AccountMemory& remembered, const TrustedTime& time) {
  remembered.pins.clear();
  remembered.approved.clear();
  remembered.history.first_deletes_approved = false;
  restart(remembered.ends);
  for (auto& [id, written] : remembered.written.own()) written.is_doubted = true;
  ProtectReleases& releases = remembered.protect_releases;
  const Timestamp ends = time.at_latest() + releases.delay;
  for (const Key& key : releases.due) releases.to_come.emplace(key, ends);
  for (auto& [key, at] : releases.to_come) at = ends;
  releases.due.clear();
}

/// Our marker, if IAM shows one that says `protect`.
std::optional<Marker> protected_marker(const AccountId& account,
                                       const Observed& policy,
                                       const Ownership& ownership) {
  const std::string& text = policy.content.description;
  if (policy.state != PolicyState::active || !may_be_protected(text)) return {};
  if (!is_witnessed(policy, ownership)) return {};
  const Key key = key_of(account, policy.content);
  auto marker = with_own_marker(parse_description(text), key, ownership).marker;
  if (!marker || !marker->is_protected || !is_our_marker(*marker, ownership)) return {};
  return marker;
}

/// Our last writes, as an older state has them, are of use only for a protection that IAM does not
/// show: someone may have removed the marker.
void drop_doubted(AccountMemory& remembered, std::span<const Observed* const> marked) {
  std::set<PolicyId> shown;
  for (const Observed* policy : marked) shown.insert(policy->id);
  const auto is_of_no_use = [&](const auto& each) {
    const auto& [id, written] = each;
    return written.is_doubted && (!written.protects || shown.contains(id));
  };
  if (std::ranges::none_of(*remembered.written, is_of_no_use)) return;
  std::erase_if(remembered.written.own(), is_of_no_use);
}

using Releases = std::map<Key, Timestamp>;

/// A protection that no write in the state explains is newer than what the state knows: a release
/// from before the last change of its policy is not one of it.
std::set<Key> false_releases(const AccountId& account,
                             std::span<const Observed* const> marked,
                             const Ownership& ownership,
                             const Releases& releases) {
  std::optional<std::map<std::string, Key>> by_hash;
  std::set<Key> keys;
  const auto look = [&](const Key& key, Timestamp changed) {
    const auto found = releases.find(key);
    if (found != releases.end() && found->second < changed) keys.insert(key);
  };
  for (const Observed* policy : marked) {
    const WrittenPolicy* written = written_of(*policy, ownership);
    const auto changed = parse_rfc3339(policy->last_modified_at);
    if (!changed || (written != nullptr && written->protects)) continue;
    const Key key = key_of(account, policy->content);
    look(key, *changed);
    const auto marker = protected_marker(account, *policy, ownership);
    if (!marker || marker->hash12 == key.hash12()) continue;
    if (!by_hash) {
      by_hash.emplace();
      for (const auto& [each, at] : releases) by_hash->emplace(each.hash12(), each);
    }
    const auto made_for = by_hash->find(marker->hash12);  // someone changed its source or target
    if (made_for != by_hash->end()) look(made_for->second, *changed);
  }
  return keys;
}

Result<void> restart_false_releases(const ReadingContext& context,
                                    std::span<const Observed* const> marked,
                                    const Ownership& ownership,
                                    ProtectReleases& releases,
                                    StateAge& age) {
  if (marked.empty()) return {};
  const auto known = context.state.revisions.protect_releases();
  if (!known) return known.error();
  age.protected_since = false_releases(context.spec.id, marked, ownership, *known);
  for (const Key& key : age.protected_since) {
    releases.due.erase(key);
    releases.to_come.insert_or_assign(key, age.at + releases.delay);
  }
  return {};
}

}  // namespace

Result<StateAge> judge_state(const ReadingContext& context,
                             const Observation& observation,
                             const Ownership& ownership) {
  const ChangeMark& changes = context.state.changes;
  auto identities = changes.used_identities();
  if (!identities) return std::move(identities).error();
  identities->insert(ownership.identities.begin(), ownership.identities.end());
  const auto ahead = changes.ahead();
  if (!ahead) return ahead.error();
  StateAge age;
  age.at = observation.time.at_latest();
  const Timestamp latest = age.at + kMaxClockSkew;
  const NewestChange newest{ownership, *identities, *ahead, latest, age};
  newest.look(observation.policies);
  newest.look(observation.deleted);
  for (const auto& [policy, times] : *ahead) {
    if (observation.time.is_trusted() && *times.begin() <= age.at) age.passed = age.at;
  }
  auto standing = standing_change(context, observation.time);
  if (!standing) return std::move(standing).error();
  age.standing = std::move(*standing);
  const auto accounted = changes.accounted_until(context.spec.settle);
  if (!accounted) return accounted.error();
  if (*accounted && age.newest && age.newest->at > **accounted) age.unknown = age.newest;
  if (*accounted) age.ahead.clear();
  return age;
}

Async<StateAge> look_at_state_age(ReadingContext context) {
  const auto observation = co_await observe(context);
  if (!observation) co_return observation.error();
  const auto remembered = recollect(context.spec, context.state, *observation, context.wrote);
  if (!remembered) co_return remembered.error();
  const Ownership ownership = ownership_of(context.spec, *remembered, observation->identity.iam_id);
  co_return judge_state(context, *observation, ownership);
}

Result<StateAge> distrust_older_state(const ReadingContext& context,
                                      const Observation& observation,
                                      Ownership& ownership,
                                      AccountMemory& remembered,
                                      const std::optional<std::string>& planned) {
  auto age = judge_state(context, observation, ownership);
  if (!age) return age;
  if (planned) {
    const auto& rails = context.state.rails;
    const auto unseen = rails.went_unseen(*planned, observation.time, context.spec.longest_gap);
    if (!unseen) return unseen.error();
    age->went_unseen = *unseen;
  }
  if (age->went_unseen) restart(remembered.ends);
  remembered.history.is_state_older = age->found().has_value();
  if (age->unknown) distrust(remembered, observation.time);
  std::vector<const Observed*> marked;
  for (const Observed& policy : observation.policies) {
    if (protected_marker(context.spec.id, policy, ownership)) marked.push_back(&policy);
  }
  drop_doubted(remembered, marked);
  ownership.written = remembered.written;
  const auto restarted =
      restart_false_releases(context, marked, ownership, remembered.protect_releases, *age);
  if (!restarted) return restarted.error();
  return age;
}

void distrust(PlanMemory& memory, const StateAge& age) {
  if (age.unknown || age.went_unseen) memory.removals_since.clear();
  if (!age.unknown) return;
  memory.written.clear();
  memory.perhaps_written.clear();
  memory.lost.clear();
}

Result<void> keep_state_age(AccountState& state, const StateAge& age) {
  if (!age.protected_since.empty()) {
    auto kept = state.revisions.end_releases(age.protected_since);
    if (kept) kept = state.revisions.keep_releases(age.protected_since, age.at);
    if (!kept) return kept;
  }
  if (age.unknown) return state.changes.distrust(*age.unknown);
  if (age.passed) {
    if (auto ended = state.changes.end_ahead(*age.passed); !ended) return ended;
  }
  if (age.newest) {
    if (auto kept = state.changes.accept(*age.newest, age.at); !kept) return kept;
  }
  if (age.ahead.empty()) return {};
  return state.atomically([&]() -> Result<void> {
    for (const OwnChange& change : age.ahead) {
      if (auto kept = state.changes.accept(change, age.at); !kept) return kept;
    }
    return {};
  });
}

std::string state_age_text(const OwnChange& change) {
  if (change.policy.empty()) {
    return "this state is not known to be the one that authzd worked with last: it was restored "
           "from an older copy, or the file .serial beside it was missing. Its approvals and pins "
           "no longer count, what waits for a time starts "
           "again, and deletes wait until a person approves one";
  }
  return "one of our own identities changed policy " + printable(change.policy.value) + " at " +
         to_rfc3339(change.at) +
         ", and this state does not know of it: it was restored from an older copy, or a second "
         "installation works with the same owner and identity. Its approvals and pins no longer "
         "count, and deletes wait until a person approves one";
}

Plan with_state_age(Plan plan, const StateAge& age) {
  if (!age.found()) return plan;
  Note note;
  note.kind = NoteKind::kept;
  note.reason = NoteReason::state_older_than_account;
  note.message = state_age_text(*age.found());
  note.id = age.found()->policy;
  plan.notes.push_back(std::move(note));
  sort_notes(plan);
  plan.hash = hash_plan(plan);
  return plan;
}

}  // namespace authzd
