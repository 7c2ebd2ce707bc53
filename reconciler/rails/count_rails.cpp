// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The rails that count: how many writes one window may have.

#include "reconciler/base/text.hpp"
#include "reconciler/plan/risk.hpp"
#include "reconciler/rails/rail_finding.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace authzd {
namespace {

using rail_detail::Finding;
using rail_detail::Findings;
using rail_detail::View;

struct Limit {
  std::string_view rail;
  std::size_t most = 0;
  std::string allowed;  // as text: "10", or "25 % of 40 policies of ours, that is 10,"
};

/// Actions that are counted together, and every limit on their number.
struct Group {
  CountKind kind = CountKind::deletes;
  std::string one;   // "delete or narrowing update"
  std::string what;  // "deletes and narrowing updates"
  std::size_t done = 0;
  std::vector<Limit> limits;
};

std::size_t percent_of(std::size_t percent, std::size_t whole) {
  const std::size_t share = whole / 100 * percent + whole % 100 * percent / 100;
  return percent == 0 ? 0 : std::max<std::size_t>(share, 1);
}

std::array<Group, 4> groups_of(const View& view) {
  const RailLimits& limits = view.rules.limits;
  const RailHistory& history = view.history;
  // A share of one policy says nothing, as one delete is always allowed. What else is ours was made
  // or taken over since, as in the first days: it is the base. With two and more at the start it
  // must not be: a commit that adds many grants would let all of those be deleted.
  const bool has_start = history.ours_at_start.value_or(0) > 1;
  const std::size_t ours = has_start ? *history.ours_at_start : view.plan.ours;
  const std::size_t share = percent_of(limits.max_delete_percent, ours);
  const std::string share_text = std::to_string(limits.max_delete_percent) + " % of " +
                                 count_of(ours, "policy", "policies") +
                                 (has_start ? " of ours when the window began" : " of ours") +
                                 ", that is " + std::to_string(share) + ",";
  const auto plain = [](std::string_view rail, std::size_t most) {
    return Limit{rail, most, std::to_string(most)};
  };
  std::vector<Limit> restore_limits;
  if (limits.max_restore) restore_limits.push_back(plain(rail::kMaxRestore, *limits.max_restore));
  return {Group{CountKind::deletes,
                "delete or narrowing update",
                "deletes and narrowing updates",
                history.deletes,
                {plain(rail::kMaxDelete, limits.max_delete),
                 {rail::kMaxDeletePercent, share, share_text}}},
          Group{CountKind::updates,
                "update",
                "updates",
                history.updates,
                {plain(rail::kMaxUpdate, limits.max_update)}},
          Group{CountKind::creates,
                "create",
                "creates",
                history.creates,
                {plain(rail::kMaxCreate, limits.max_create)}},
          Group{CountKind::restores,
                "restoration of what others took away",
                "restorations of what others took away",
                history.restores,
                std::move(restore_limits)}};
}

std::string message_of(const Group& group,
                       std::size_t planned,
                       std::span<const std::string_view> rails) {
  std::string text =
      rail_detail::names_of(rails) + ": " + count_of(planned, group.one, group.what) + " planned";
  if (group.done > 0) text += ", " + std::to_string(group.done) + " already done in the window";
  std::string raise;
  for (const Limit& limit : group.limits) {
    if (std::find(rails.begin(), rails.end(), limit.rail) == rails.end()) continue;
    text += (raise.empty() ? ", " : " and ") + limit.allowed;
    raise += (raise.empty() ? " rails." : " and rails.") + std::string(limit.rail);
  }
  return text + " allowed; approve" + (planned == 1 ? " it" : " them") + ", or raise" + raise;
}

Finding finding_of(Group group, std::vector<std::size_t> covered) {
  Finding finding;
  std::vector<std::string_view> all;
  for (const Limit& limit : group.limits) {
    all.push_back(limit.rail);
    if (group.done + covered.size() > limit.most) finding.tripped.push_back(limit.rail);
  }
  finding.group = rail_detail::names_of(all);
  finding.message = [group = std::move(group), planned = covered.size()](auto rails) {
    return message_of(group, planned, rails);
  };
  finding.covered = std::move(covered);
  return finding;
}

}  // namespace

//   action                                  | counts as
//   ----------------------------------------+----------------------------------------------
//   create                                  | create; restore if others had deleted it
//   delete                                  | delete; nothing if its end was announced
//   update that narrows, even if it widens  | delete
//   update that widens                      | update; restore if others had narrowed it
//   update of marker or text, that releases | update: someone else is responsible for the
//   a policy                                | policy afterwards
//   any other update of marker or text      | nothing
std::optional<CountKind> count_kind(const Action& action) {
  using Kind = std::optional<CountKind>;
  if (action.verb == Verb::create) {
    return action.is_restore ? CountKind::restores : CountKind::creates;
  }
  if (action.verb == Verb::remove) {
    return rail_detail::is_announced_end(action) ? Kind() : CountKind::deletes;
  }
  const Effect effect = effect_of(action.before, action.after);
  if (effect.narrows) return CountKind::deletes;
  if (effect.widens) return action.is_restore ? CountKind::restores : CountKind::updates;
  return action.reason == Reason::released ? CountKind::updates : Kind();
}

void rail_detail::find_counts(const View& view, Findings& out) {
  std::array<std::vector<std::size_t>, 4> covered;
  for (std::size_t i = 0; i < view.plan.actions.size(); ++i) {
    const auto kind = count_kind(view.plan.actions[i]);
    if (kind) covered.at(static_cast<std::size_t>(*kind)).push_back(i);
  }
  for (Group& group : groups_of(view)) {
    auto& actions = covered.at(static_cast<std::size_t>(group.kind));
    if (!actions.empty()) out.push_back(finding_of(std::move(group), std::move(actions)));
  }
}

}  // namespace authzd
