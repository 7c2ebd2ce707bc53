// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/rails.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/plan/canonical.hpp"
#include "reconciler/plan/risk.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace authzd {
namespace {

/// A change that takes access away counts as a delete, whatever else it does.
bool counts_as_delete(const Action& action) {
  if (action.verb == Verb::create) return false;
  return action.verb == Verb::remove || effect_of(action.before, action.after).narrows;
}

struct Rail {
  std::string_view name;
  std::vector<Action*> covered;
  std::size_t done = 0;  // in the window
  std::size_t limit = 0;
  std::string what;     // "deletes (narrowing updates included)"
  std::string allowed;  // how the limit is written: "10", or "25 % of 40 is 10"
};

std::size_t percent_of(std::size_t percent, std::size_t whole) {
  const std::size_t share = whole / 100 * percent + whole % 100 * percent / 100;
  return std::max<std::size_t>(share, 1);
}

std::string message_of(const Rail& rail) {
  std::string text = std::string(rail.name) + ": " + std::to_string(rail.covered.size()) + " " +
                     rail.what + " planned";
  if (rail.done > 0) text += ", " + std::to_string(rail.done) + " already done in the window";
  return text + ", " + rail.allowed + " allowed; approve them, or raise rails." +
         std::string(rail.name);
}

void apply(const AccountId& account, const Rail& rail, const std::set<std::string>& approved) {
  if (rail.covered.empty() || rail.done + rail.covered.size() <= rail.limit) return;
  const std::vector<const Action*> covered(rail.covered.begin(), rail.covered.end());
  Hold hold{std::string(rail.name), message_of(rail), hash_hold(account, rail.name, covered)};
  if (approved.contains(hold.hash)) return;
  for (Action* action : rail.covered) {
    if (!action->hold) action->hold = hold;
  }
}

std::array<Rail, 4> rails_of(Plan& plan, const RailLimits& limits, const RailHistory& history) {
  std::vector<Action*> deletes;
  std::vector<Action*> updates;
  std::vector<Action*> creates;
  for (Action& action : plan.actions) {
    if (counts_as_delete(action)) {
      deletes.push_back(&action);
    } else {
      (action.verb == Verb::create ? creates : updates).push_back(&action);
    }
  }
  const std::size_t ours = history.ours_at_start == 0 ? plan.ours : history.ours_at_start;
  const std::size_t share = percent_of(limits.max_delete_percent, ours);
  const std::string share_text = std::to_string(limits.max_delete_percent) + " % of " +
                                 count_of(ours, "policy", "policies") + " of ours, that is " +
                                 std::to_string(share) + ",";
  const std::string deletes_text = "deletes and narrowing updates";
  const auto plain = [](std::size_t limit) { return std::to_string(limit); };
  return {Rail{"maxDelete",
               deletes,
               history.deletes,
               limits.max_delete,
               deletes_text,
               plain(limits.max_delete)},
          Rail{"maxDeletePercent", deletes, history.deletes, share, deletes_text, share_text},
          Rail{"maxUpdate",
               updates,
               history.updates,
               limits.max_update,
               "updates",
               plain(limits.max_update)},
          Rail{"maxCreate",
               creates,
               history.creates,
               limits.max_create,
               "creates",
               plain(limits.max_create)}};
}

}  // namespace

Plan apply_rails(Plan plan,
                 const RailLimits& limits,
                 const RailHistory& history,
                 const std::set<std::string>& approved) {
  const std::array<Rail, 4> rails = rails_of(plan, limits, history);
  for (Action& action : plan.actions) {
    const bool is_own_hold =
        action.hold && std::any_of(rails.begin(), rails.end(), [&](const Rail& r) {
          return r.name == action.hold->rail;
        });
    if (is_own_hold) action.hold.reset();
  }
  if (approved.contains(plan.hash)) return plan;  // the whole plan was approved, holds and all
  for (const Rail& rail : rails) apply(plan.account, rail, approved);
  return plan;
}

}  // namespace authzd
