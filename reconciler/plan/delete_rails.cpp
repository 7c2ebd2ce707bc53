// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The rails that a single delete can trip: policies that are in use, that others made, that lost
// their marker, and the first deletes of an account.

#include "reconciler/base/text.hpp"
#include "reconciler/plan/rail_finding.hpp"

#include <utility>

namespace authzd::rail_detail {
namespace {

std::string deletes(std::size_t n) {
  return count_of(n, "delete", "deletes");
}

/// Whether the policy's use can hold its delete at all.
bool depends_on_use(const Action& action) {
  if (action.reason == Reason::expired) return false;
  return !action.removal || action.removal->covered_by.empty();
}

std::optional<Timestamp> last_use(const Action& action) {
  return action.removal ? action.removal->last_permit_at : std::nullopt;
}

}  // namespace

void find_used(const View& view, Findings& out) {
  const auto within = view.rules.hold_used_within;
  auto used = deletes_where(view.plan, [&](const Action& action) {
    const auto last = last_use(action);
    return within.count() > 0 && depends_on_use(action) && last &&
           view.history.now - *last <= within;
  });
  auto unknown = deletes_where(view.plan, [&](const Action& action) {
    return view.rules.hold_unknown && depends_on_use(action) && !last_use(action);
  });
  std::string used_text = std::string(rail::kHoldUsedWithin) + ": " + deletes(used.size()) +
                          " of what permitted something in the last " + to_string(within) +
                          "; see that nobody needs it any more and approve, or wait";
  std::string unknown_text = std::string(rail::kHoldUnknown) + ": " + deletes(unknown.size()) +
                             " of what IAM tells no last use of; see that nobody needs it any "
                             "more and approve";
  add_finding(out, rail::kHoldUsedWithin, std::move(used), std::move(used_text));
  add_finding(out, rail::kHoldUnknown, std::move(unknown), std::move(unknown_text));
}

void find_deletes(const View& view, Findings& out) {
  const bool is_first = !view.history.first_deletes_approved;
  auto first = deletes_where(view.plan, [&](const Action&) { return is_first; });
  auto adopted = deletes_where(view.plan, [](const Action& action) {
    return action.removal && action.removal->made_by.has_value();
  });
  auto unmarked = deletes_where(
      view.plan, [](const Action& action) { return action.reason == Reason::unmarked; });
  std::string first_text = std::string(rail::kFirstDeletes) + ": " + deletes(first.size()) +
                           " planned, and the state of this account is new or was lost; approve "
                           "once, and later ones pass";
  std::string adopted_text = std::string(rail::kAdopted) + ": " + deletes(adopted.size()) +
                             " of what authzd did not create; approve each such set";
  std::string unmarked_text = std::string(rail::kUnmarked) + ": " + deletes(unmarked.size()) +
                              " of what was ours until someone took its marker off; approve, or "
                              "release it";
  add_finding(out, rail::kFirstDeletes, std::move(first), std::move(first_text));
  add_finding(out, rail::kAdopted, std::move(adopted), std::move(adopted_text));
  add_finding(out, rail::kUnmarked, std::move(unmarked), std::move(unmarked_text));
}

}  // namespace authzd::rail_detail
