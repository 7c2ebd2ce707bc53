// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/rails/rails.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/plan/canonical.hpp"
#include "reconciler/plan/risk.hpp"
#include "reconciler/rails/rail_finding.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <utility>

namespace authzd {
namespace rail_detail {

constexpr std::string_view kBetweenNames = ", ";

std::string names_of(std::span<const std::string_view> rails) {
  std::string text;
  for (const std::string_view name : rails) {
    if (!text.empty()) text += kBetweenNames;
    text += name;
  }
  return text;
}

void add_finding(Findings& out,
                 std::string_view rail,
                 std::vector<std::size_t> covered,
                 std::string message) {
  if (covered.empty()) return;
  out.push_back({{rail},
                 std::string(rail),
                 std::move(covered),
                 [text = std::move(message)](std::span<const std::string_view>) { return text; }});
}

std::vector<std::size_t> actions_where(const Plan& plan,
                                       const std::function<bool(const Action&)>& is_covered) {
  std::vector<std::size_t> covered;
  for (std::size_t i = 0; i < plan.actions.size(); ++i) {
    if (is_covered(plan.actions[i])) covered.push_back(i);
  }
  return covered;
}

bool is_announced_end(const Action& action) {
  return action.reason == Reason::expired && action.removal && action.removal->is_announced;
}

std::string removals_text(std::size_t n) {
  return count_of(n, "delete or narrowing", "deletes and narrowings");
}

bool takes_access(const Action& action) {
  return effect_of(action.before, action.after).narrows;
}

}  // namespace rail_detail

namespace {

using rail_detail::Finding;

std::string hash_of_one(const AccountId& account, std::string_view rail, const Action& action) {
  const Action* const only = &action;
  return hash_hold(account, rail, {&only, 1});
}

/// The approvals that release the action from that rail. An approval of a policy in use covers any
/// later use; an approval of a shown last use does not.
std::array<std::string, 2> passes_of(const AccountId& account,
                                     std::string_view rail,
                                     const Action& action) {
  std::string own = hash_of_one(account, rail, action);
  if (rail != rail::kHoldUsedWithin || !action.removal) return {own, own};
  Action other = action;
  other.removal->is_in_use = !action.removal->is_in_use;
  return {std::move(own), hash_of_one(account, rail, other)};
}

void note_what_is_in_use(Plan& plan, const RailHistory& history) {
  for (Action& action : plan.actions) {
    if (!action.removal) continue;
    const auto& last = action.removal->last_permit_at;
    action.removal->is_in_use = history.is_time_trusted && last && history.now - *last <= kInUse;
  }
}

/// Compares one finding with the approvals.
class Judge {
 public:
  Judge(Plan& plan, const std::set<std::string>& approved) : plan_(plan), approved_(approved) {}

  void hold(const Finding& finding) {
    std::map<std::size_t, Rails> open;  // by action: what still holds it
    for (const std::string_view rail : finding.tripped) {
      const std::vector<std::size_t> actions = open_under(rail, finding.covered);
      if (is_approved(rail, actions) || is_approved(rail, finding.covered)) continue;
      for (const std::size_t i : actions) open[i].push_back(rail);
    }
    std::map<Rails, std::vector<std::size_t>> held;
    for (const auto& [i, rails] : open) held[rails].push_back(i);
    for (const auto& [rails, actions] : held) hold(finding, rails, actions);
  }

 private:
  using Rails = std::vector<std::string_view>;

  void hold(const Finding& finding, const Rails& rails, const std::vector<std::size_t>& actions) {
    const std::string name = rail_detail::names_of(rails);
    if (is_approved(name, actions) || is_approved(finding.group, actions)) return;
    const Hold hold{name, finding.message(rails), hash(name, actions), finding.until};
    for (const std::size_t i : actions) plan_.actions[i].holds.push_back(hold);
  }

  /// The actions without an individual approval for this rail.
  [[nodiscard]] std::vector<std::size_t> open_under(std::string_view rail,
                                                    const std::vector<std::size_t>& covered) const {
    if (approved_.empty()) return covered;
    std::vector<std::size_t> open;
    for (const std::size_t i : covered) {
      const auto passes = passes_of(plan_.account, rail, plan_.actions[i]);
      const auto is_given = [this](const std::string& pass) { return approved_.contains(pass); };
      if (std::ranges::none_of(passes, is_given)) open.push_back(i);
    }
    return open;
  }

  [[nodiscard]] bool is_approved(std::string_view rail,
                                 const std::vector<std::size_t>& actions) const {
    return !approved_.empty() && approved_.contains(hash(rail, actions));
  }

  [[nodiscard]] std::string hash(std::string_view rail,
                                 const std::vector<std::size_t>& indices) const {
    std::vector<const Action*> actions;
    actions.reserve(indices.size());
    for (const std::size_t i : indices) actions.push_back(&plan_.actions[i]);
    return hash_hold(plan_.account, rail, actions);
  }

  Plan& plan_;
  const std::set<std::string>& approved_;
};

/// The conflict about an unmarked policy is settled once its removal was approved.
void settle_unmarked(Plan& plan) {
  std::set<PolicyId> goes;
  for (const Action& action : plan.actions) {
    if (action.reason == Reason::unmarked && !is_held(action)) goes.insert(action.id);
  }
  std::erase_if(plan.notes, [&](const Note& note) {
    return note.reason == NoteReason::unmarked && goes.contains(note.id);
  });
}

}  // namespace

Plan apply_rails(Plan plan,
                 const RailRules& rules,
                 const RailHistory& history,
                 const std::set<std::string>& approved) {
  for (Action& action : plan.actions) action.holds.clear();
  note_what_is_in_use(plan, history);
  rail_detail::Findings findings;
  const rail_detail::View view{plan, rules, history};
  rail_detail::find_counts(view, findings);
  rail_detail::find_allow(view, findings);
  rail_detail::find_broad(view, findings);
  rail_detail::find_used(view, findings);
  rail_detail::find_removals(view, findings);
  rail_detail::find_delegators(view, findings);
  rail_detail::find_grace(view, findings);
  Judge judge(plan, approved);
  for (const Finding& finding : findings) judge.hold(finding);
  settle_unmarked(plan);
  return plan;
}

Plan without_holds(Plan plan) {
  for (Action& action : plan.actions) action.holds.clear();
  settle_unmarked(plan);
  return plan;
}

bool names_rail(const Hold& hold, std::string_view rail) {
  std::string_view rest = hold.rail;
  while (true) {
    const std::size_t end = rest.find(rail_detail::kBetweenNames);
    if (rest.substr(0, end) == rail) return true;
    if (end == std::string_view::npos) return false;
    rest.remove_prefix(end + rail_detail::kBetweenNames.size());
  }
}

std::set<std::string> approvals_of(const Plan& plan, std::string_view hash) {
  const std::set<std::string> named = holds_named(plan, hash);
  std::set<std::string> approvals;
  for (const Action& action : plan.actions) {
    for (const Hold& hold : action.holds) {
      if (!named.contains(hold.hash)) continue;
      for (const std::string_view rail : rail::kAll) {
        if (names_rail(hold, rail)) approvals.insert(hash_of_one(plan.account, rail, action));
      }
    }
  }
  return approvals;
}

std::set<std::string> approvals_on(const AccountId& account, const Action& action) {
  std::set<std::string> approvals;
  for (const std::string_view rail : rail::kAll) {
    for (std::string& pass : passes_of(account, rail, action)) approvals.insert(std::move(pass));
  }
  return approvals;
}

}  // namespace authzd
