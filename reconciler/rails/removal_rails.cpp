// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The rails for what a change removes. First those that a single removal can trip: policies that
// are in use, that others made, that lost their marker, and an account's first removal of access.
// Then those for access whose loss cannot be undone by granting it again: to keys, and by
// delegation.

#include "reconciler/base/text.hpp"
#include "reconciler/plan/risk.hpp"
#include "reconciler/rails/rail_finding.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace authzd::rail_detail {
namespace {

std::string deletes(std::size_t n) {
  return count_of(n, "delete", "deletes");
}

std::string first_deletes_message(const View& view, std::size_t covered) {
  const std::string planned =
      std::string(rail::kFirstDeletes) + ": " + removals_text(covered) + " planned, and ";
  if (!view.history.is_kept) {
    return planned +
           "without a state nothing limits how many such calls add up to; let exactly these "
           "through "
           "by the plan's hash, or name a state with --state";
  }
  const std::string_view state =
      view.history.is_state_older ? "is older than the account" : "is new or was lost";
  return planned + "the state of this account " + std::string(state) +
         "; approve once, and later ones pass";
}

/// Another policy has permitted everything for so long that whatever used this one in that time
/// could have used the other. A recent cover does not count: it may be removed next, and then
/// nobody would have checked whether the access was needed.
bool is_covered(const Action& action, const View& view) {
  const auto& removal = action.removal;
  if (!removal || removal->covered_by.empty() || !removal->covered_since) return false;
  return view.history.now - *removal->covered_since >= view.rules.hold_used_within;
}

/// Whether the use of the policy can hold the removal. It is unknown which of its roles was used,
/// so a narrowing may remove the one that is needed.
bool depends_on_use(const Action& action, const View& view) {
  return takes_access(action) && !action.is_repair && !is_announced_end(action) &&
         !is_covered(action, view);
}

std::optional<Timestamp> last_use(const Action& action) {
  return action.removal ? action.removal->last_permit_at : std::nullopt;
}

}  // namespace

void find_used(const View& view, Findings& out) {
  const auto within = view.rules.hold_used_within;
  auto used = actions_where(view.plan, [&](const Action& action) {
    const auto last = last_use(action);
    return within.count() > 0 && last && view.history.now - *last <= within &&
           depends_on_use(action, view);
  });
  auto unknown = actions_where(view.plan, [&](const Action& action) {
    // This includes "never used": IAM reports that for a policy that was deleted and restored, too.
    return view.rules.hold_unknown && !last_use(action) && depends_on_use(action, view);
  });
  auto untold = actions_where(view.plan, [&](const Action& action) {
    const auto last = last_use(action);
    const bool is_old = !last || view.history.now - *last > within;
    return view.history.is_use_withheld && within.count() > 0 && is_old &&
           depends_on_use(action, view);
  });
  std::string used_text = std::string(rail::kHoldUsedWithin) + ": " + removals_text(used.size()) +
                          " of what permitted something in the last " + to_string(within) +
                          "; see that nobody needs it any more and approve, or wait";
  std::string unknown_text = std::string(rail::kHoldUnknown) + ": " +
                             removals_text(unknown.size()) +
                             " of what IAM tells no last use of; see that nobody needs it any "
                             "more and approve";
  std::string untold_text = std::string(rail::kHoldUsedWithin) + ": " +
                            removals_text(untold.size()) +
                            " while IAM, which told the last use of policies before, does not tell "
                            "it; wait until it does, or see that nobody needs it and approve";
  add_finding(out, rail::kHoldUsedWithin, std::move(used), std::move(used_text));
  add_finding(out, rail::kHoldUsedWithin, std::move(untold), std::move(untold_text));
  add_finding(out, rail::kHoldUnknown, std::move(unknown), std::move(unknown_text));
}

void find_removals(const View& view, Findings& out) {
  const bool is_first = !view.history.first_deletes_approved;
  auto first = actions_where(
      view.plan, [&](const Action& action) { return is_first && takes_access(action); });
  auto adopted = actions_where(view.plan, [](const Action& action) {
    // Taking over a policy that differs is meant to set its roles.
    return takes_access(action) && !action.is_repair && action.reason != Reason::adopted &&
           action.removal && action.removal->made_by.has_value();
  });
  auto unmarked = actions_where(
      view.plan, [](const Action& action) { return action.reason == Reason::unmarked; });
  std::string first_text = first_deletes_message(view, first.size());
  std::string adopted_text = std::string(rail::kAdopted) + ": " + removals_text(adopted.size()) +
                             " of what authzd did not create; approve each such set";
  std::string unmarked_text = std::string(rail::kUnmarked) + ": " + deletes(unmarked.size()) +
                              " of what was ours until someone took its marker off; approve, or "
                              "let it stay: `authzd release POLICY`";
  add_finding(out, rail::kFirstDeletes, std::move(first), std::move(first_text));
  add_finding(out, rail::kAdopted, std::move(adopted), std::move(adopted_text));
  add_finding(out, rail::kUnmarked, std::move(unmarked), std::move(unmarked_text));
}

namespace {

constexpr std::size_t kShown = 5;  // policies in one message

/// The action removes access that a revision had granted, and its end was not announced. If the
/// state does not know our last write, it is unknown what others added: then it waits, too.
bool takes_granted_access(const Action& action) {
  return takes_access(action) && !action.is_repair && !is_announced_end(action);
}

bool is_grant_to(const std::set<std::string>& services, const Action& action) {
  return std::ranges::any_of(services, [&](const std::string& service) {
    return may_admit(action.before->resource, "serviceName", service);
  });
}

/// When the action will have been wanted for long enough; none: no time ends its hold now.
std::optional<Timestamp> end_of_grace(const Action& action, const View& view) {
  if (!view.history.is_repeated || view.history.is_newest_refused) return std::nullopt;
  std::optional<Timestamp> since;
  if (view.history.is_time_trusted) since = view.history.now;
  if (action.removal && action.removal->wanted_since) since = action.removal->wanted_since;
  if (!since) return std::nullopt;
  return *since + view.rules.removal_grace.wait;
}

std::string when_text(const View& view, std::optional<Timestamp> until) {
  if (until) {
    return "to be done at " + to_rfc3339(*until) +
           " at the earliest, if wanted without change until then";
  }
  return "to be done once wanted without change for " + to_string(view.rules.removal_grace.wait) +
         ", which begins when the time is known from IAM again";
}

std::string grace_message(const View& view, std::size_t covered, std::optional<Timestamp> until) {
  std::string targets;
  for (const std::string& service : view.rules.removal_grace.targets) {
    targets += (targets.empty() ? "" : ", ") + printable(service);
  }
  const std::string what =
      std::string(rail::kRemovalGrace) + ": " + removals_text(covered) + " of grants to " + targets;
  if (!view.history.is_repeated) {
    return what + ", which no cycle does later, as this is an undo; see that nothing needs them " +
           "any more and let exactly this plan through";
  }
  if (!view.history.is_kept) {
    return what + ", and without a state nothing remembers for how long they are wanted; let " +
           "exactly these through by the plan's hash, or name a state with --state";
  }
  if (view.history.is_newest_refused) {
    return what +
           ", not done while the newest revision is refused, waits or cannot be read, as it may "
           "put " +
           "the grants back; see 'authzd status', push a revision that is accepted, or approve "
           "to " +
           "do it now";
  }
  return what + ", " + when_text(view, until) +
         "; put the grants back into the manifests to keep them, or approve to do it now";
}

/// The policy loses some of what it may delegate: this counts as a delete of the delegation,
/// whatever happens to its other roles.
bool takes_delegation(const Action& action) {
  const auto delegation_of = [](std::optional<PolicyContent> content) {
    if (content)
      std::erase_if(content->roles, [](const auto& role) { return !is_delegator(role); });
    return content;
  };
  return std::ranges::any_of(action.before->roles, is_delegator) &&
         effect_of(delegation_of(action.before), delegation_of(action.after)).narrows;
}

std::string shown(const std::set<PolicyId>& policies) {
  std::string text;
  std::size_t n = 0;
  for (const PolicyId& id : policies) {
    if (n++ == kShown) break;
    text += (text.empty() ? "" : ", ") + printable(id.value);
  }
  if (policies.size() > kShown)
    text += " and " + std::to_string(policies.size() - kShown) + " more";
  return text;
}

std::string delegator_message(const Plan& plan, const std::vector<std::size_t>& covered) {
  std::set<PolicyId> dependents;
  bool is_all = true;
  for (const std::size_t i : covered) {
    const auto& removal = plan.actions[i].removal;
    if (!removal) continue;
    dependents.insert(removal->dependents.begin(), removal->dependents.end());
    is_all = is_all && removal->dependents.size() < kMostDependents;
  }
  std::string text = std::string(rail::kHoldDelegators) + ": " +
                     count_of(covered.size(), "change takes", "changes take") +
                     " away the right to delegate access; ";
  text += dependents.empty()
              ? "no policy that a service made of it was found, but what such a service encrypted "
                "or backed up may become unreadable for good"
              : "what services made of it ends with it (" + std::string(is_all ? "" : "at least ") +
                    count_of(dependents.size(), "policy", "policies") + ": " + shown(dependents) +
                    "), and what they encrypted or backed up may become unreadable for good";
  return text +
         ". See that nothing needs it any more and approve, or announce its end by expiresAt";
}

}  // namespace

void find_delegators(const View& view, Findings& out) {
  auto covered = actions_where(view.plan, [&](const Action& action) {
    return view.rules.hold_delegators && takes_granted_access(action) && takes_delegation(action);
  });
  std::string message = delegator_message(view.plan, covered);
  add_finding(out, rail::kHoldDelegators, std::move(covered), std::move(message));
}

/// Actions that end their grace at different times make different holds.
void find_grace(const View& view, Findings& out) {
  const RemovalGrace& grace = view.rules.removal_grace;
  if (grace.wait.count() == 0) return;
  const auto covered = actions_where(view.plan, [&](const Action& action) {
    return takes_granted_access(action) && is_grant_to(grace.targets, action);
  });
  std::map<std::optional<Timestamp>, std::vector<std::size_t>> by_end;
  for (const std::size_t i : covered) {
    const auto until = end_of_grace(view.plan.actions[i], view);
    if (!until || *until > view.history.now) by_end[until].push_back(i);
  }
  for (auto& [until, actions] : by_end) {
    std::string message = grace_message(view, actions.size(), until);
    add_finding(out, rail::kRemovalGrace, std::move(actions), std::move(message));
    out.back().until = until;
  }
}

}  // namespace authzd::rail_detail
