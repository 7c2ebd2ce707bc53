// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/planning.hpp"

#include "daemon/cycle/assertions.hpp"
#include "daemon/cycle/granted.hpp"
#include "daemon/cycle/narrow_revision.hpp"
#include "daemon/cycle/rails_and_quorum.hpp"
#include "reconciler/base/in_order.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/model/marker.hpp"
#include "reconciler/plan/plan_name.hpp"
#include "reconciler/plan/planner.hpp"
#include "reconciler/rollout/narrowing.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

namespace authzd {
namespace {

/// Policies that are ours by their marker and by who wrote them, and that the state has lost or
/// never had.
std::map<PolicyId, PolicyOrigin> unknown_of_ours(const AccountId& account,
                                                 const std::vector<Observed>& policies,
                                                 const Ownership& ownership) {
  std::map<PolicyId, PolicyOrigin> found;
  InOrder known(*ownership.known);
  for (const Observed& policy : policies) {
    if (known.contains(policy.id) || !is_witnessed(policy, ownership)) continue;
    const OwnerClass owner = classify_owner(policy,
                                            parse_description(policy.content.description),
                                            key_of(account, policy.content),
                                            ownership);
    if (owner != OwnerClass::ours && owner != OwnerClass::altered) continue;
    found.emplace(policy.id,
                  is_made_by_us(policy, ownership) ? PolicyOrigin::created : PolicyOrigin::adopted);
  }
  return found;
}

/// A policy that covers a deleted one inherits its last use, so that it cannot be deleted next as
/// unused.
std::vector<PolicyUse> inherited_uses(const AccountId& account,
                                      const std::vector<Observed>& policies,
                                      const Plan& plan) {
  std::map<PolicyId, Timestamp> by_cover;
  for (const Action& action : plan.actions) {
    if (!action.removal || !action.removal->last_permit_at) continue;
    const PolicyId& cover = action.removal->covered_by;
    if (cover.empty()) continue;
    Timestamp& at = by_cover.emplace(cover, *action.removal->last_permit_at).first->second;
    at = std::max(at, *action.removal->last_permit_at);
  }
  std::vector<PolicyUse> uses;
  for (const Observed& policy : policies) {
    const auto found = by_cover.find(policy.id);
    if (found == by_cover.end()) continue;
    uses.push_back({policy.id, key_of(account, policy.content), found->second});
  }
  return uses;
}

/// Uses of our policies that are later than what the state has.
Result<std::vector<PolicyUse>> fresh_uses(const AccountId& account,
                                          const AccountState& state,
                                          const std::vector<Observed>& policies,
                                          const Ownership& ownership) {
  const auto known = state.rails.last_uses();
  if (!known) return known.error();
  std::vector<PolicyUse> uses;
  InOrder ours(*ownership.known);
  InOrder kept(*known);
  for (const Observed& policy : policies) {
    if (!policy.last_permit_at || !ours.contains(policy.id)) continue;
    const auto found = kept.find(policy.id);
    const bool is_known =
        found != known->end() && *policy.last_permit_at < found->second + kUseStep;
    if (is_known) continue;
    uses.push_back({policy.id, key_of(account, policy.content), *policy.last_permit_at});
  }
  return uses;
}

/// Those of them that our identity made and nobody else has changed since: this excludes policies
/// that a person restored.
std::set<PolicyId> remade_of(const std::map<PolicyId, PolicyOrigin>& unknown,
                             const std::vector<Observed>& policies,
                             const Ownership& ownership) {
  std::set<PolicyId> remade;
  for (const Observed& policy : policies) {
    const bool is_ours_alone = ownership.identities.contains(policy.created_by) &&
                               ownership.identities.contains(policy.last_modified_by);
    if (is_ours_alone && unknown.contains(policy.id)) remade.insert(policy.id);
  }
  return remade;
}

/// The keys of our policies that one of our identities deleted without this state.
std::set<Key> unmade_of(const AccountId& account,
                        const std::vector<Observed>& deleted,
                        const Ownership& ownership) {
  std::set<Key> unmade;
  for (const Observed& policy : deleted) {
    if (!ownership.identities.contains(policy.last_modified_by)) continue;
    unmade.insert(key_of(account, policy.content));
  }
  return unmade;
}

std::set<Key> marked_protected(const AccountId& account, const std::vector<Observed>& policies) {
  std::set<Key> marked;
  for (const Observed& policy : policies) {
    if (may_be_protected(policy.content.description)) {
      marked.insert(key_of(account, policy.content));
    }
  }
  return marked;
}

/// What the documents inherit and a policy may have: one that IAM shows, that we wrote, or that a
/// write with an unknown outcome may have made. Anything else would be remembered for nothing.
InheritedKeys held_ones(const AccountId& account,
                        InheritedKeys inherited,
                        const Observation& observation,
                        const Ownership& ownership) {
  if (inherited.empty()) return inherited;
  std::set<Key> open;
  for (const OpenWrite& write : observation.open_writes.open) open.insert(write.action.key);
  return with_policies(account, std::move(inherited), observation.policies, ownership, open);
}

// At most this many are read from IAM again per plan: if others deleted more, and the mode or a
// rail prevents their restoration, the first ones are reported.
constexpr std::size_t kMostDeletionReads = 20;

Drift deletion_of(const Observed& deleted) {
  return {deleted.last_modified_by, deleted.last_modified_at, deleted.id};
}

/// Who deleted what the plan is to restore. A deleted policy is read once, and the state does not
/// store who deleted it: if it was not restored then, IAM is asked again.
boost::asio::awaitable<std::map<PolicyId, Drift>> find_deletions(
    ReadingContext context,
    const Plan& plan,                        // coroutine-ref: the awaiter's
    const std::map<Key, LostPolicy>& lost,   // coroutine-ref: the awaiter's
    const std::vector<Observed>& deleted) {  // coroutine-ref: the awaiter's
  std::map<PolicyId, Drift> found;
  for (const Observed& policy : deleted) found.emplace(policy.id, deletion_of(policy));
  std::size_t reads = 0;
  for (const Action* action : wanted_actions(plan)) {
    if (action->verb != Verb::create || reads == kMostDeletionReads) continue;
    const auto wanted = lost.find(action->key);
    if (wanted == lost.end() || found.contains(wanted->second.id)) continue;
    ++reads;
    const PolicyId id = wanted->second.id;
    const auto read = co_await context.reader.get(id);
    const bool tells = read && read->policy.state == PolicyState::deleted;
    if (tells) found.emplace(id, deletion_of(read->policy));
  }
  co_return found;
}

/// What the state has about the actions of the plan, and of the `whole` plan if `plan` is for some
/// authorizations; sets in `findings` who deleted what.
Async<PlanMemory> remember(ReadingContext context,
                           const Plan& plan,                // coroutine-ref: the awaiter's
                           const Plan& whole,               // coroutine-ref: the awaiter's
                           const Observation& observation,  // coroutine-ref: the awaiter's
                           Findings& findings) {            // coroutine-ref: the awaiter's
  auto memory = memory_of(context.state, whole, observation.gone);
  if (!memory) co_return std::move(memory).error();
  memory->deletions = co_await find_deletions(context, plan, memory->lost, observation.deleted);
  for (const Observed& policy : observation.deleted) {
    memory->unwritten.emplace(key_of(context.spec.id, policy.content), policy.id);
  }
  findings.deletions = memory->deletions;
  memory->identities = identities_of(context.spec, observation.identity.iam_id);
  co_return std::move(*memory);
}

/// If `options` asks for some authorizations: the plan of all, as theirs does not have the rest.
boost::asio::awaitable<std::optional<Plan>> plan_of_all(
    const AccountSpec& spec,         // coroutine-ref: the awaiter's
    const ResolvedRoles& resolved,   // coroutine-ref: the awaiter's
    const Observation& observation,  // coroutine-ref: the awaiter's
    const Ownership& ownership,      // coroutine-ref: the awaiter's
    PlanOptions options) {
  if (options.names.empty()) co_return std::nullopt;
  options.names.clear();
  co_return co_await make_plan_in_turns(
      spec.id, resolved.grants, observation.policies, ownership, options);
}

/// The name is a document's, or one whose policies still exist.
Result<void> check_names(const AuthorizationNames& names,
                         const Desired& desired,
                         const std::vector<Observed>& policies,
                         const Ownership& ownership) {
  if (names.empty()) return {};
  AuthorizationNames known;
  for (const Grant& grant : desired.grants) known.insert(grant.name);
  for (const Observed& policy : policies) {
    const auto marker = parse_description(policy.content.description).marker;
    if (marker && is_our_marker(*marker, ownership)) known.insert(marker->name);
  }
  const std::vector<std::string_view> all(known.begin(), known.end());
  for (const std::string& name : names) {
    if (known.contains(name)) continue;
    const auto meant = did_you_mean(name, all);
    return Error{ErrorCode::not_found,
                 "there is no authorization " + quote(name) +
                     ": neither a manifest nor a policy of ours has that name" +
                     (meant ? "; did you mean " + quote(*meant) + "?" : "")};
  }
  return {};
}

/// IAM reported uses before, and a policy that was first used since then must not look unused.
Result<bool> is_use_withheld(const AccountState& state, const Observation& observation) {
  if (observation.is_use_known) return false;
  const auto told = state.rails.last_uses();
  return told ? Result<bool>(!told->empty()) : told.error();
}

/// An account without visible policies, and without any known ones, may be one that the identity
/// may not see.
bool may_be_blind(const ReadingContext& context, const Plan& plan, const Observation& observation) {
  if (context.spec.allow_empty_account || !observation.policies.empty()) return false;
  const auto known = context.state.policies.has_known_any();
  return !wanted_actions(plan).empty() && !(known && *known);
}

Error blind_on_first_contact() {
  return {ErrorCode::partial_view,
          "IAM shows this identity no authorization at all, and the state has never known one: an "
          "identity that may see nothing sees the same; nothing was written. Let the identity view "
          "the account's policies; if the account has no authorization yet, set "
          "iam.allowEmptyAccount: true, or where no daemon runs add --allow-empty-account"};
}

void take(NamedRevision& named, PlanOptions& options, Planned& planned) {
  planned.named = named.good;
  planned.revision = planned.named->revision;
  planned.commit = planned.named->commit;
  if (named.is_news) planned.findings.instances = named.known;
  planned.instances = named.known;
  options.instances = std::move(named.known);
  options.former_instances = std::move(named.former);
}

/// What IAM shows that the state does not have yet, and the state of the grants of `names`.
Result<void> find_out(const AccountSpec& spec,
                      const AuthorizationNames& names,
                      const AccountState& state,
                      const Observation& observation,
                      const Ownership& ownership,
                      std::span<const ResolvedGrant> wanted,
                      Planned& planned) {
  Findings& findings = planned.findings;
  const std::vector<Observed>& policies = observation.policies;
  auto uses = fresh_uses(spec.id, state, policies, ownership);
  if (!uses) return std::move(uses).error();
  findings.uses = std::move(*uses);
  std::ranges::move(inherited_uses(spec.id, policies, planned.plan),
                    std::back_inserter(findings.uses));
  findings.ours = unknown_of_ours(spec.id, policies, ownership);
  findings.rivalry.remade = remade_of(findings.ours, policies, ownership);
  findings.rivalry.unmade = unmade_of(spec.id, observation.deleted, ownership);
  findings.released = released_of(planned.plan);
  findings.marked_protected = marked_protected(spec.id, policies);
  planned.due = due_dates(planned.named->desired, observation.time, spec.remind_before);
  if (spec.tells_grants || !names.empty()) {
    planned.standings = standings_of(spec.id, wanted, policies, names, planned.role_names);
  }
  return {};
}

/// Resolves instance names to ids, and role names to CRNs. Sets what the plan learns from that.
Async<ResolvedRoles> resolve(ReadingContext context,
                             SharedRevision good,
                             const Observation& observation,  // coroutine-ref: the awaiter's
                             const Ownership& ownership,      // coroutine-ref: the awaiter's
                             PlanOptions& options,            // coroutine-ref: the awaiter's
                             Planned& planned) {              // coroutine-ref: the awaiter's
  auto named = co_await name_instances(context, std::move(good));
  if (!named) co_return std::move(named).error();
  if (auto kept = keep_earlier_ends(context.state, *named); !kept)
    co_return std::move(kept).error();
  take(*named, options, planned);
  const Desired& desired = planned.named->desired;
  planned.findings.ended_pins = ended_pins(options.pins, desired);
  auto resolved =
      co_await resolve_roles(context, desired.grants, observation.policies, named->unresolved);
  if (!resolved) co_return std::move(resolved).error();
  resolved->names.merge(named->names);
  auto inherited = inherit(context.state, resolved->grants);
  if (!inherited) co_return std::move(inherited).error();
  planned.inherited = held_ones(context.spec.id, std::move(*inherited), observation, ownership);
  options.inherited = planned.inherited;
  co_return std::move(*resolved);
}

}  // namespace

Async<Planned> plan_account(ReadingContext context,
                            SharedRevision good,
                            std::set<std::string> approved) {
  AuthorizationNames all;
  co_return co_await plan_named(context, std::move(good), std::move(approved), std::move(all));
}

Async<Planned> plan_named(ReadingContext context,
                          SharedRevision good,
                          std::set<std::string> approved,
                          AuthorizationNames names) {
  const AccountSpec& spec = context.spec;
  auto observation = co_await observe(context);
  if (!observation) co_return std::move(observation).error();
  auto remembered = recollect(spec, context.state, *observation, context.wrote);
  if (!remembered) co_return std::move(remembered).error();
  if (context.has_newer) remembered->history.is_newest_refused = true;
  Ownership ownership = ownership_of(spec, *remembered, observation->identity.iam_id);
  auto age = distrust_older_state(context, *observation, ownership, *remembered, good->revision);
  if (!age) co_return std::move(age).error();
  if (auto known = check_names(names, good->desired, observation->policies, ownership); !known) {
    co_return std::move(known).error();
  }
  PlanOptions options = options_of(spec, *remembered, observation->time);
  options.names = std::move(names);
  Planned planned;
  auto resolved =
      co_await resolve(context, std::move(good), *observation, ownership, options, planned);
  if (!resolved) co_return std::move(resolved).error();
  good = planned.named;
  const auto is_withheld = is_use_withheld(context.state, *observation);
  if (!is_withheld) co_return is_withheld.error();
  remembered->history.is_use_withheld = *is_withheld;
  remembered->history.role_names.insert(resolved->names.begin(), resolved->names.end());
  approved.merge(remembered->approved);
  take_assertions(options, good->desired.assertions, observation->policies, resolved->names);
  Plan plan = co_await make_plan_in_turns(
      spec.id, resolved->grants, observation->policies, ownership, options);
  if (may_be_blind(context, plan, *observation)) co_return blind_on_first_contact();
  const auto all = co_await plan_of_all(spec, *resolved, *observation, ownership, options);
  const Plan& whole = all ? *all : plan;
  auto memory = co_await remember(context, plan, whole, *observation, planned.findings);
  if (!memory) co_return std::move(memory).error();
  distrust(*memory, *age);
  const auto granted =
      find_granted(context, *observation, ownership, *good, *resolved, *memory, planned.findings);
  if (!granted) co_return granted.error();
  planned.findings.removals = wanted_removals(whole);
  planned.may_be_held_later = may_be_held_later(whole, spec, remembered->history);
  plan = recall(std::move(plan), *memory);
  if (good->narrows) plan = only_narrowing(std::move(plan), good->narrows->wave);
  plan = without_loose_ends(std::move(plan), observation->open_writes.open);
  plan = with_unreadable(with_state_age(std::move(plan), *age), observation->unreadable);
  planned.plan = with_rails(std::move(plan),
                            spec,
                            remembered->history,
                            approved,
                            *memory,
                            options,
                            observation->policies);
  name_for_review(planned.plan, observation->time.now, spec.approval_ttl);
  co_await judge_assertions(planned.plan, *good, known_of(*observation, options.role_names));
  planned.findings.state_age = std::move(*age);
  add_known_names(context.reader, planned.plan, planned.role_names = std::move(resolved->names));
  const auto found = find_out(
      spec, options.names, context.state, *observation, ownership, resolved->grants, planned);
  if (!found) co_return found.error();
  take(std::move(*observation), planned);
  co_return planned;
}

}  // namespace authzd
