// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/fleet_text.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/plan/risk.hpp"
#include "reconciler/report/layout.hpp"
#include "reconciler/report/look_alikes.hpp"
#include "reconciler/report/wording.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace authzd {
namespace {

constexpr std::size_t kMostNames = 20;  // of accounts, in a list of them

/// What an action has in common with that of another account: all but ids, and whose it is.
struct CommonKey {
  std::string name;  // of the authorization
  Likeness likeness;

  auto operator<=>(const CommonKey&) const = default;
};

struct CommonAction {
  const Action* action;
  std::size_t account;  // the index of its plan
};

struct CommonGroup {
  std::vector<CommonAction> actions;
  std::vector<std::size_t> accounts;  // ascending
};

AttributeSet of_any_account(const AttributeSet& side, const AccountId& own) {
  std::vector<Attribute> attributes = side.copy_items();
  for (Attribute& attribute : attributes) {
    const bool is_own =
        attribute.name == "accountId" && attribute.value == AttributeValue(own.value);
    if (is_own) attribute.value = "own";
  }
  return AttributeSet(std::move(attributes));
}

std::optional<CommonKey> common_key_of(const Action& action, const AccountId& own) {
  auto likeness = likeness_of(action);
  if (!likeness) return std::nullopt;
  likeness->subject = of_any_account(likeness->subject, own);
  likeness->resource = of_any_account(likeness->resource, own);
  return CommonKey{action.name, std::move(*likeness)};
}

PlanCounts sum_of(std::span<const FleetPlan> plans) {
  PlanCounts sum;
  for (const FleetPlan& each : plans) {
    const PlanCounts counts = count(*each.plan);
    sum.creates += counts.creates;
    sum.updates += counts.updates;
    sum.removes += counts.removes;
    sum.held += counts.held;
    sum.conflicts += counts.conflicts;
    sum.unmanaged += counts.unmanaged;
    sum.in_sync += counts.in_sync;
    sum.kept += counts.kept;
    sum.identical += counts.identical;
    sum.differing += counts.differing;
    sum.may_be_ours += counts.may_be_ours;
  }
  return sum;
}

class FleetWriter {
 public:
  FleetWriter(std::span<const FleetPlan> plans, TextStyle style)
      : plans_(plans), shown_above_(plans.size()), out_(style) {}

  std::string write() && {
    find_groups();
    heading();
    for (const CommonGroup& group : groups_) show(group);
    std::string text = std::move(out_).take();
    for (std::size_t i = 0; i < plans_.size(); ++i) {
      if (has_rest(i)) text += "\n" + block(i);
    }
    out_ = Layout(plans_.empty() ? TextStyle{} : plans_.front().options.style);
    closing();
    return text + "\n" + std::move(out_).take();
  }

 private:
  void find_groups() {
    std::map<CommonKey, std::size_t> places;
    std::vector<CommonGroup> all;
    for (std::size_t i = 0; i < plans_.size(); ++i) {
      const Plan& plan = *plans_[i].plan;
      for (const Action& action : plan.actions) {
        auto key = common_key_of(action, plan.account);
        if (!key) continue;
        const auto [place, is_new] = places.emplace(std::move(*key), all.size());
        if (is_new) all.emplace_back();
        CommonGroup& group = all[place->second];
        group.actions.push_back({&action, i});
        if (group.accounts.empty() || group.accounts.back() != i) group.accounts.push_back(i);
      }
    }
    for (CommonGroup& group : all) {
      if (group.accounts.size() > 1) groups_.push_back(std::move(group));
    }
    for (const CommonGroup& group : groups_) {
      for (const auto& [action, i] : group.actions) shown_above_[i].push_back(action);
    }
  }

  void heading() {
    out_.line("Accounts " + std::to_string(plans_.size()));
    const std::string& revision = plans_.front().options.revision;
    const bool is_one = std::ranges::all_of(
        plans_, [&revision](const FleetPlan& each) { return each.options.revision == revision; });
    if (revision.empty() || !is_one) return;
    const std::string& commit = plans_.front().options.commit;
    out_.line("Revision " + printable(revision) + (commit.empty() ? "" : " ") + commit);
  }

  void show(const CommonGroup& group) {
    const Action& first = *group.actions.front().action;
    const FleetPlan& plan = plans_[group.accounts.front()];
    const auto same = sides_of(group.actions.front());
    const bool is_same = std::ranges::all_of(
        group.actions, [&](const CommonAction& each) { return sides_of(each) == same; });
    out_.gap();
    out_.headline(symbol_of(first.verb),
                  grant_text(is_same ? *first.after : without_ids(*first.after),
                             plan.plan->account,
                             plan.options.role_names));
    std::string what = printable(first.name);
    what += " · " + count_of(group.accounts.size(), "account", "accounts");
    if (group.actions.size() != group.accounts.size()) {
      what += " · " + count_of(group.actions.size(), "policy", "policies");
    }
    if (const auto risk = risk_text(first); !risk.empty()) what += " · " + std::string(risk);
    out_.detail(to_string(first.verb), what + " · " + std::string(to_string(first.reason)));
    out_.detail("in", names_of(group.accounts));
  }

  std::pair<AttributeSet, AttributeSet> sides_of(const CommonAction& each) const {
    const AccountId& own = plans_[each.account].plan->account;
    const PolicyContent& content = *each.action->after;
    return {of_any_account(content.subject, own), of_any_account(content.resource, own)};
  }

  std::string name_of(std::size_t i) const {
    const FleetPlan& plan = plans_[i];
    const std::string& name = plan.options.account_name;
    return printable(name.empty() ? plan.plan->account.value : name);
  }

  std::string names_of(const std::vector<std::size_t>& accounts) const {
    std::vector<std::string> names;
    for (const std::size_t i : accounts) {
      if (names.size() == kMostNames) break;
      names.push_back(name_of(i));
    }
    const std::size_t others = accounts.size() - names.size();
    return join(names, ", ") + (others == 0 ? "" : " and " + std::to_string(others) + " more");
  }

  /// Something that a person has to read of this account alone.
  bool has_rest(std::size_t i) const {
    const Plan& plan = *plans_[i].plan;
    const PlanCounts counts = count(plan);
    const bool has_news = counts.held + counts.conflicts + counts.dropped + counts.stalled > 0 ||
                          counts.ends > 0 || !plan.lost_assertions.empty();
    const bool asserts = std::ranges::any_of(plan.assertions, [](const AssertionResult& result) {
      return result.verdict != Verdict::holds;
    });
    return has_news || asserts || plan.actions.size() > shown_above_[i].size();
  }

  std::string block(std::size_t i) {
    TextOptions options = plans_[i].options;
    std::ranges::sort(shown_above_[i]);
    options.shown_above = shown_above_[i];
    return plan_text(*plans_[i].plan, options);
  }

  void closing() {
    std::vector<std::size_t> quiet;
    for (std::size_t i = 0; i < plans_.size(); ++i) {
      if (shown_above_[i].empty() && !has_rest(i)) quiet.push_back(i);
    }
    const PlanCounts sum = sum_of(plans_);
    if (!quiet.empty()) {
      out_.line("Nothing to do in " + count_of(quiet.size(), "account", "accounts") + ": " +
                names_of(quiet) + ".");
    }
    for (const std::string& text : adoption_texts(sum)) out_.line(text);
    if (sum.in_sync > 0) {
      out_.line("In sync: " + count_of(sum.in_sync, "policy", "policies") + ".");
    }
    out_.line("All " + std::to_string(plans_.size()) +
              " accounts together; --full shows the plan of each, and -o json its hash:");
    out_.exact_line(summary_line(sum));
  }

  std::span<const FleetPlan> plans_;
  std::vector<CommonGroup> groups_;                      // in the order of their first action
  std::vector<std::vector<const Action*>> shown_above_;  // of each plan
  Layout out_;
};

}  // namespace

std::string fleet_text(std::span<const FleetPlan> plans, TextStyle style) {
  return FleetWriter(plans, style).write();
}

}  // namespace authzd
