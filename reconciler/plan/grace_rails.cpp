// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The rails for access whose loss cannot be undone by granting it again: to keys, and by
// delegation.

#include "reconciler/base/text.hpp"
#include "reconciler/plan/rail_finding.hpp"
#include "reconciler/plan/risk.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace authzd::rail_detail {
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
           ", not done while the newest revision is refused or cannot be read, as it may put " +
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
