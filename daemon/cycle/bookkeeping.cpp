// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/bookkeeping.hpp"

#include "daemon/cycle/converge_parts.hpp"
#include "daemon/cycle/cycle.hpp"
#include "daemon/cycle/state_age.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/rails/rails.hpp"
#include "reconciler/report/wording.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace authzd {
namespace {

/// Each hold of the plan that the hash names, once.
std::vector<Hold> named_holds(const Plan& plan, std::string_view hash) {
  const std::set<std::string> named = holds_named(plan, hash);
  std::vector<Hold> holds;
  for (const Action& action : plan.actions) {
    for (const Hold& hold : action.holds) {
      const bool is_named = named.contains(hold.hash);
      if (is_named && std::ranges::find(holds, hold.hash, &Hold::hash) == holds.end()) {
        holds.push_back(hold);
      }
    }
  }
  return holds;
}

/// Lost policies that no grant wants any more.
std::vector<PolicyId> unwanted(const std::map<Key, LostPolicy>& lost, const Desired& desired) {
  std::vector<PolicyId> ids;
  for (const auto& [key, policy] : lost) {
    if (!std::ranges::binary_search(desired.grants, key, {}, &Grant::key)) ids.push_back(policy.id);
  }
  return ids;
}

std::map<Key, Timestamp> ends_of(const Desired& desired) {
  std::map<Key, Timestamp> ends;
  for (const Grant& grant : desired.grants) {
    if (grant.expires_at) ends.emplace(grant.key, *grant.expires_at);
  }
  return ends;
}

Result<bool> is_applied_last(const AccountState& state, const GoodRevision& good) {
  return state.revisions.is_applied(good.revision, good.digest);
}

/// An approval accepts a revision once: if the branch is set back to it, it needs a new approval.
Result<void> end_approval(AccountState& state, const std::string& revision) {
  auto ended = state.approvals.revoke(ApprovalKind::revision, revision);
  const bool was_none = !ended && ended.error().code == ErrorCode::not_found;
  return was_none ? Result<void>{} : ended;
}

/// The keys whose grants say `protect`, or all other keys.
std::set<Key> keys_of(const Desired& desired, bool are_protected) {
  std::set<Key> keys;
  for (const Grant& grant : desired.grants) {
    if (grant.is_protected == are_protected) keys.insert(grant.key);
  }
  return keys;
}

/// Keys whose release from protection must be remembered, besides those of the policies that we
/// wrote: of policies that are marked, and of grants that may get a policy. While a document is
/// suspended, none of its grants gets one.
std::set<Key> releases_needed(const Desired& desired, const Findings& findings) {
  std::set<Key> needed = findings.marked_protected;
  for (const OpenWrite& write : findings.open_writes.open) needed.insert(write.action.key);
  for (const Grant& grant : desired.grants) {
    if (!grant.suspend) needed.insert(grant.key);
  }
  return needed;
}

/// Forgets the releases of keys that nothing has any more that could be protected.
Result<void> forget_releases(AccountState& state,
                             const Desired& desired,
                             const Findings& findings) {
  const auto unwritten = state.revisions.unwritten_releases();
  if (!unwritten) return unwritten.error();
  if ((*unwritten)->empty()) return {};
  const std::set<Key> needed = releases_needed(desired, findings);
  std::set<Key> unneeded = **unwritten;
  std::erase_if(unneeded, [&](const Key& key) { return needed.contains(key); });
  return unneeded.empty() ? Result<void>{} : state.revisions.end_releases(unneeded);
}

/// Those of the keys without `protect` whose release must be remembered.
Result<std::set<Key>> unprotected_of(const AccountState& state,
                                     const Desired& desired,
                                     const Findings& findings) {
  std::set<Key> needed = releases_needed(desired, findings);
  const auto written = state.written.all();
  if (!written) return written.error();
  for (const auto& [id, policy] : **written) needed.insert(policy.key);
  std::set<Key> keys = keys_of(desired, false);
  std::erase_if(keys, [&](const Key& key) { return !needed.contains(key); });
  return keys;
}

Result<void> learn_findings(AccountState& state, const Planned& planned) {
  const Timestamp now = planned.time.now;
  const Findings& findings = planned.findings;
  if (planned.time.is_trusted()) {
    if (auto taken = state.times.take(now); !taken) return taken;
  }
  if (auto kept = keep_state_age(state, findings.state_age); !kept) return kept;
  if (auto kept = state.changes.keep_identity(planned.identity.iam_id); !kept) return kept;
  if (auto kept = keep_instances(state, findings); !kept) return kept;
  // Also in mode observe and while suspended: a delete by others makes IAM forget it.
  if (auto kept = state.rails.note_uses(findings.uses); !kept) return kept;
  if (auto kept = state.policies.remember(findings.ours); !kept) return kept;
  for (const auto* ids : {&findings.gone, &findings.foreign, &findings.released}) {
    for (const PolicyId& id : *ids) {
      if (auto kept = state.policies.seen_gone(id, now); !kept) return kept;
    }
  }
  if (auto forgot = state.written.forget_all(findings.released); !forgot) return forgot;
  if (findings.ended_pins.empty()) return {};
  return state.pins.remove({findings.ended_pins.begin(), findings.ended_pins.end()});
}

/// The roles of all keys that the revision grants or that its documents inherit.
Result<GrantedRoles> roles_to_keep(const AccountState& state, const Desired& desired) {
  auto roles = state.revisions.granted_roles();
  if (!roles) return roles;
  for (const Grant& grant : desired.grants) {
    (*roles)[grant.key] = std::set(grant.roles.begin(), grant.roles.end());
  }
  return roles;
}

/// The planned revision: with the ids of the instances that it names.
const GoodRevision& planned_revision(const GoodRevision& good, const Planned& planned) {
  return planned.named == nullptr ? good : *planned.named;
}

Result<void> learn_all(AccountState& state, const AccountSpec& spec, const Planned& planned) {
  auto kept = learn_findings(state, planned);
  if (kept && planned.findings.state_age.went_unseen) kept = state.rails.restart();
  const bool waits = !planned.findings.removals.empty() || !planned.plan.ends.empty();
  if (kept) {
    kept = state.rails.keep_look(planned.revision, planned.time.now, spec.longest_gap, waits);
  }
  if (kept) kept = state.rails.keep_removals(planned.findings.removals, std::nullopt);
  return kept ? state.written.take_as_ours(planned.findings.granted_before) : kept;
}

}  // namespace

Result<void> keep_instances(AccountState& state, const Findings& findings) {
  return findings.instances ? state.instances.keep(*findings.instances) : Result<void>{};
}

Result<void> learn(AccountState& state, const AccountSpec& spec, const Planned& planned) {
  return state.atomically([&] { return learn_all(state, spec, planned); });
}

Result<void> keep_seen(AccountState& state, const SharedRevision& good) {
  const auto located = locate_instances(state, good);
  if (!located) return located.error();
  return state.rails.doubt_ends(ends_of((*located)->desired));
}

Result<void> keep_unplanned(AccountState& state,
                            const AccountSpec& spec,
                            const SharedRevision& good,
                            const TrustedTime& time) {
  const auto unseen = state.rails.went_unseen(good->revision, time, spec.longest_gap);
  if (!unseen) return unseen.error();
  auto kept = *unseen ? state.rails.restart() : Result<void>{};
  if (kept) kept = state.rails.keep_look(good->revision, time.now, spec.longest_gap, false);
  if (!kept) return kept;
  const auto located = locate_instances(state, good);
  if (!located) return located.error();
  const auto is_applied = is_applied_last(state, **located);
  if (!is_applied) return is_applied.error();
  return *is_applied ? Result<void>{} : state.rails.keep_removals({}, std::nullopt);
}

Result<void> keep_for_rails(AccountState& state,
                            const Planned& planned,
                            const GoodRevision& written,
                            const TrustedTime& time) {
  const GoodRevision& good = planned_revision(written, planned);
  auto kept = state.rails.keep_removals(planned.findings.removals, time.if_trusted());
  if (!kept) return kept;
  const auto is_applied = is_applied_last(state, good);
  if (!is_applied) return is_applied.error();
  return *is_applied ? kept : state.revisions.end_releases(keys_of(good.desired, true));
}

namespace {

/// The ends are compared each time: they must be recorded for a revision that an older state
/// applied, too.
Result<void> keep_all_applied(AccountState& state,
                              const GoodRevision& written,
                              const Planned& planned,
                              const TrustedTime& time) {
  const GoodRevision& good = planned_revision(written, planned);
  auto kept = state.rails.keep_ends(ends_of(good.desired), time.if_trusted());
  if (!kept) return kept;
  const auto lost = state.written.lost({});
  if (!lost) return lost.error();
  auto forgot = state.written.forget_all(unwanted(*lost, good.desired));
  if (forgot) forgot = forget_releases(state, good.desired, planned.findings);
  if (!forgot) return forgot;
  const auto is_applied = is_applied_last(state, good);
  if (!is_applied) return is_applied.error();
  if (*is_applied) return {};
  auto taken = state.written.take_as_ours(planned.findings.granted);
  if (!taken) return taken;
  const auto roles = roles_to_keep(state, good.desired);
  if (!roles) return roles.error();
  auto given = state.revisions.keep_given(given_keys(good.desired, planned.inherited), *roles);
  if (!given) return given;
  if (auto spent = end_approval(state, good.revision); !spent) return spent;
  const auto unprotected = unprotected_of(state, good.desired, planned.findings);
  if (!unprotected) return unprotected.error();
  return state.revisions.keep_applied(good.revision, *unprotected, time.at_latest(), good.digest);
}

}  // namespace

Result<void> keep_applied(AccountState& state,
                          const GoodRevision& written,
                          const Planned& planned,
                          const TrustedTime& time) {
  return state.atomically([&] { return keep_all_applied(state, written, planned, time); });
}

Result<void> keep_named_applied(AccountState& state,
                                const GoodRevision& written,
                                const Planned& planned,
                                const AuthorizationNames& names,
                                const TrustedTime& time) {
  const GoodRevision& good = planned_revision(written, planned);
  Desired named{good.desired.account, {}};
  for (const Grant& grant : good.desired.grants) {
    if (names.contains(grant.name)) named.grants.push_back(grant);
  }
  std::vector<GrantedPolicy> granted;
  for (const GrantedPolicy& policy : planned.findings.granted) {
    const Key key = key_of(good.desired.account, policy.content);
    const bool is_named = std::ranges::binary_search(named.grants, key, {}, &Grant::key);
    if (is_named) granted.push_back(policy);
  }
  auto kept = state.written.take_as_ours(granted);
  if (!kept) return kept;
  const auto roles = roles_to_keep(state, named);
  if (!roles) return roles.error();
  const auto given = given_keys(good.desired, planned.inherited);
  kept = state.revisions.keep_given_to({names.begin(), names.end()}, given, *roles, good.revision);
  if (!kept) return kept;
  kept = forget_releases(state, good.desired, planned.findings);
  if (!kept) return kept;
  const auto unprotected = unprotected_of(state, named, planned.findings);
  if (!unprotected) return unprotected.error();
  return state.revisions.keep_releases(*unprotected, time.at_latest());
}

Result<std::vector<Hold>> approve(AccountState& state,
                                  const Plan& plan,
                                  std::string_view hash,
                                  const Grantor& by) {
  std::vector<Hold> holds = named_holds(plan, hash);
  if (holds.empty()) {
    return Error{ErrorCode::not_found,
                 "nothing is held under " + printable(hash) +
                     "; it may be done, or the plan may have changed. `authzd plan` shows what is "
                     "held now"};
  }
  for (const Hold& hold : holds) {
    auto kept =
        state.approvals.approve_hold(hold.hash, hold.rail, approvals_of(plan, hold.hash), by);
    if (kept && names_rail(hold, rail::kFirstDeletes)) {
      kept = state.approvals.approve_first_deletes({by.who, by.at, std::nullopt, by.login_uid});
    }
    if (!kept) return std::move(kept).error();
  }
  return holds;
}

Result<void> approve_revision(AccountState& state, std::string_view revision, const Grantor& by) {
  const auto attempted = state.revisions.attempted();
  if (!attempted) return attempted.error();
  if (!*attempted || (*attempted)->revision != revision) {
    return Error{ErrorCode::not_found,
                 printable(revision) + " is not the newest revision that was tried"};
  }
  return state.approvals.approve_revision((*attempted)->revision, by);
}

namespace {

FailingObject failing(const Action& action, const Stall& stall, const Planned& planned) {
  std::string message = stall_text(stall);
  if (is_stalled(stall)) {
    message += "; each time " + sides_text(action, planned.plan.account, planned.role_names);
  }
  return {action.name,
          action.id,
          std::string(to_string(is_stalled(stall) ? NoteReason::stalled : NoteReason::backing_off)),
          std::move(message),
          stall.next_try};
}

FailingObject failing(const Action& action, const Error& error) {
  return {action.name, action.id, std::string(to_string(error.code)), to_string(error), {}};
}

}  // namespace

bool took_access_away(const Performed& performed) {
  return std::ranges::any_of(performed.outcomes, [&](const Outcome& outcome) {
    return outcome.wrote && outcome.kind == OutcomeKind::done &&
           takes_access_away(performed.planned.plan.actions[outcome.action]);
  });
}

Result<CycleNews> remember_objects(AccountState& state,
                                   const ObjectHistories& before,
                                   const Performed& performed,
                                   Timestamp now) {
  FoldedCycle folded = fold_cycle(
      before, performed.planned.plan, performed.outcomes, now, performed.planned.findings.rivalry);
  if (auto kept = state.histories.replace(folded.histories); !kept) return std::move(kept).error();
  return std::move(folded.news);
}

std::vector<FailingObject> failing_objects(const Performed& performed) {
  std::vector<FailingObject> found;
  const Plan& plan = performed.planned.plan;
  for (const Action& action : plan.actions) {
    if (action.stall) found.push_back(failing(action, *action.stall, performed.planned));
  }
  for (const Note& note : plan.notes) {
    for (const Action& action : note.dropped) {
      if (action.stall) found.push_back(failing(action, *action.stall, performed.planned));
    }
  }
  for (const Outcome& outcome : performed.outcomes) {
    const Action& action = plan.actions[outcome.action];
    if (outcome.kind == OutcomeKind::done || action.stall || !outcome.error) continue;
    found.push_back(failing(action, *outcome.error));
  }
  return found;
}

}  // namespace authzd
