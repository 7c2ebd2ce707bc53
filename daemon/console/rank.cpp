// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/console/rank.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <map>

namespace authzd::console {
namespace {

struct RankLook {
  std::string_view word;
  std::string_view lower;
  std::string_view sign;
  std::string_view look;  // class of the style
};

RankLook look_of(Rank rank) {
  switch (rank) {
    case Rank::stalled: return {"Stalled", "stalled", "■", "bad"};
    case Rank::widened: return {"Widened", "widened by others", "▲", "bad"};
    case Rank::refused: return {"Refused", "with a refused revision", "✕", "bad"};
    case Rank::failing: return {"Failing", "failing", "!", "bad"};
    case Rank::held: return {"Held", "held", "‖", "warn"};
    case Rank::conflicts: return {"Conflicts", "with conflicts", "≠", "warn"};
    case Rank::waiting: return {"Waiting", "waiting", "◷", "warn"};
    case Rank::out_of_sync: return {"OutOfSync", "out of sync", "~", "warn"};
    case Rank::suspended: return {"Suspended", "suspended", "○", "idle"};
    case Rank::starting: return {"Starting", "starting", "…", "idle"};
    case Rank::ready: return {"Ready", "ready", "✓", "good"};
  }
  return {};
}

bool is_waiting_only(const AccountStatus& account) {
  return std::ranges::all_of(account.holds,
                             [](const HeldActions& hold) { return hold.until.has_value(); });
}

}  // namespace

Rank rank_of(const AccountStatus& account) {
  if (account.is_suspended) return Rank::suspended;
  if (account.stalled.is_true) return Rank::stalled;
  if (account.standing_widenings > 0) return Rank::widened;
  if (account.ready.kind == ConditionReason::revision_refused) return Rank::refused;
  if (!account.last_run) return Rank::starting;
  const ConditionReason why = account.ready.kind;
  const bool is_held = account.held.is_true;
  const bool is_ready = account.ready.is_true;
  if (!is_ready && why != ConditionReason::held && why != ConditionReason::conflicts) {
    return Rank::failing;
  }
  if (is_held && !is_waiting_only(account)) return Rank::held;
  if (why == ConditionReason::conflicts || account.last_run->planned.conflicts > 0) {
    return Rank::conflicts;
  }
  if (is_held) return Rank::waiting;
  return account.last_run->in_sync() < account.last_run->managed() ? Rank::out_of_sync
                                                                   : Rank::ready;
}

std::string_view to_string(Rank rank) {
  return look_of(rank).word;
}

std::optional<Rank> rank_named(std::string_view word) {
  const auto* const found =
      std::ranges::find_if(kRanks, [word](Rank rank) { return to_string(rank) == word; });
  if (found == kRanks.end()) return std::nullopt;
  return *found;
}

Markup state_mark(Rank rank) {
  const RankLook look = look_of(rank);
  return element(
      "span",
      {{"class", "state " + std::string(look.look)}, {"data-sign", std::string(look.sign)}},
      text(look.word));
}

std::string why_of(const AccountStatus& account) {
  const auto said = [](const Condition& condition) {
    return condition.message.empty() ? condition.reason : condition.message;
  };
  switch (rank_of(account)) {
    case Rank::stalled: return said(account.stalled);
    case Rank::widened:
      return count_of(account.standing_widenings, "policy was", "policies were") +
             " widened by others, and not set back";
    case Rank::held:
    case Rank::waiting: return said(account.held);
    case Rank::out_of_sync:
      return account.ready.message.empty() ? "the mode keeps differences" : account.ready.message;
    case Rank::starting: return account.reconciling.message;
    case Rank::ready: return account.ready.message;
    default: return said(account.ready);
  }
}

Markup summary_sentence(std::span<const AccountStatus> accounts) {
  std::map<Rank, std::size_t> counts;
  for (const AccountStatus& account : accounts) ++counts[rank_of(account)];
  Markup sentence = element("strong", text(count_of(accounts.size(), "account", "accounts")));
  std::string_view between = ": ";
  for (auto rank = kRanks.rbegin(); rank != kRanks.rend(); ++rank) {
    if (counts[*rank] == 0) continue;
    sentence += text(between) + element("strong", text(std::to_string(counts[*rank]))) +
                text(" " + std::string(look_of(*rank).lower));
    between = ", ";
  }
  return of_class("p", "lead", sentence);
}

}  // namespace authzd::console
