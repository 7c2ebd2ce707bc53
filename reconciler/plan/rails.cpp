// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/rails.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/plan/canonical.hpp"
#include "reconciler/plan/risk.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {
namespace {

constexpr std::string_view kBetweenNames = ", ";

/// A change that takes access away counts as a delete, whatever else it does.
bool counts_as_delete(const Action& action) {
  if (action.verb == Verb::create) return false;
  return action.verb == Verb::remove || effect_of(action.before, action.after).narrows;
}

struct Limit {
  std::string_view name;
  std::size_t most = 0;
  std::string allowed;  // how it is written: "10", or "25 % of 40 policies of ours, that is 10,"
};

/// Actions that are counted together, and every limit on their number.
struct Group {
  std::string what;  // "deletes and narrowing updates"
  std::vector<Action*> covered;
  std::size_t done = 0;  // in the window
  std::vector<Limit> limits;
};

std::size_t percent_of(std::size_t percent, std::size_t whole) {
  const std::size_t share = whole / 100 * percent + whole % 100 * percent / 100;
  return std::max<std::size_t>(share, 1);
}

std::string names_of(std::span<const Limit> limits) {
  std::string text;
  for (const Limit& limit : limits) {
    if (!text.empty()) text += kBetweenNames;
    text += limit.name;
  }
  return text;
}

std::string message_of(const Group& group, std::span<const Limit> tripped) {
  std::string text = names_of(tripped) + ": " + std::to_string(group.covered.size()) + " " +
                     group.what + " planned";
  if (group.done > 0) text += ", " + std::to_string(group.done) + " already done in the window";
  std::string raise;
  for (const Limit& limit : tripped) {
    text += (raise.empty() ? ", " : " and ") + limit.allowed;
    raise += (raise.empty() ? " rails." : " and rails.") + std::string(limit.name);
  }
  return text + " allowed; approve them, or raise" + raise;
}

/// One hold names every limit that trips, so that one approval lets the actions through. It stands
/// for each of its limits alone, too: an approval of both is not lost when one no longer trips.
void apply(const AccountId& account, const Group& group, const std::set<std::string>& approved) {
  if (group.covered.empty()) return;
  const std::vector<const Action*> covered(group.covered.begin(), group.covered.end());
  const auto is_approved = [&](std::string_view rail) {
    return !approved.empty() && approved.contains(hash_hold(account, rail, covered));
  };
  if (is_approved(names_of(group.limits))) return;

  std::vector<Limit> tripped;
  for (const Limit& limit : group.limits) {
    const bool trips = group.done + covered.size() > limit.most;
    if (trips && !is_approved(limit.name)) tripped.push_back(limit);
  }
  if (tripped.empty()) return;
  const std::string rail = names_of(tripped);
  const Hold hold{rail, message_of(group, tripped), hash_hold(account, rail, covered)};
  for (Action* action : group.covered) {
    if (!action->hold) action->hold = hold;
  }
}

std::array<Group, 3> groups_of(Plan& plan, const RailLimits& limits, const RailHistory& history) {
  const std::size_t ours = history.ours_at_start == 0 ? plan.ours : history.ours_at_start;
  const std::size_t share = percent_of(limits.max_delete_percent, ours);
  const std::string share_text = std::to_string(limits.max_delete_percent) + " % of " +
                                 count_of(ours, "policy", "policies") + " of ours, that is " +
                                 std::to_string(share) + ",";
  const auto plain = [](std::string_view name, std::size_t most) {
    return Limit{name, most, std::to_string(most)};
  };
  std::array<Group, 3> groups = {
      Group{"deletes and narrowing updates",
            {},
            history.deletes,
            {plain("maxDelete", limits.max_delete), {"maxDeletePercent", share, share_text}}},
      Group{"updates", {}, history.updates, {plain("maxUpdate", limits.max_update)}},
      Group{"creates", {}, history.creates, {plain("maxCreate", limits.max_create)}}};
  for (Action& action : plan.actions) {
    const std::size_t rest = action.verb == Verb::create ? 2 : 1;
    groups[counts_as_delete(action) ? 0 : rest].covered.push_back(&action);
  }
  return groups;
}

/// A hold that an earlier call put there, by any of these limits.
bool is_own(const Hold& hold, std::span<const Group> groups) {
  const std::string_view first =
      std::string_view(hold.rail).substr(0, hold.rail.find(kBetweenNames));
  return std::any_of(groups.begin(), groups.end(), [&](const Group& group) {
    return std::any_of(group.limits.begin(), group.limits.end(), [&](const Limit& limit) {
      return limit.name == first;
    });
  });
}

}  // namespace

Plan apply_rails(Plan plan,
                 const RailLimits& limits,
                 const RailHistory& history,
                 const std::set<std::string>& approved) {
  const std::array<Group, 3> groups = groups_of(plan, limits, history);
  for (Action& action : plan.actions) {
    if (action.hold && is_own(*action.hold, groups)) action.hold.reset();
  }
  if (approved.contains(plan.hash)) return plan;  // the whole plan was approved, holds and all
  for (const Group& group : groups) apply(plan.account, group, approved);
  return plan;
}

}  // namespace authzd
