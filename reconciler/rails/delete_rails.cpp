// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The rails that a single removal can trip: policies that are in use, that others made, that lost
// their marker, and an account's first removal of access.

#include "reconciler/base/text.hpp"
#include "reconciler/rails/rail_finding.hpp"

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

}  // namespace authzd::rail_detail
