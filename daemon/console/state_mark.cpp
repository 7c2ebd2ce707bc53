// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/console/state_mark.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <map>

namespace authzd::console {
namespace {

struct StateLook {
  std::string_view sign;
  std::string_view style;  // its class
};

StateLook look_of(AccountState state) {
  switch (state) {
    case AccountState::stalled: return {"■", "bad"};
    case AccountState::widened: return {"▲", "bad"};
    case AccountState::refused: return {"✕", "bad"};
    case AccountState::not_ready: return {"!", "bad"};
    case AccountState::held: return {"‖", "warn"};
    case AccountState::conflicts: return {"≠", "warn"};
    case AccountState::waiting: return {"◷", "warn"};
    case AccountState::out_of_sync: return {"~", "warn"};
    case AccountState::waits_for_wave: return {"⧗", "idle"};
    case AccountState::suspended: return {"○", "idle"};
    case AccountState::starting: return {"…", "idle"};
    case AccountState::ready: return {"✓", "good"};
  }
  return {};
}

}  // namespace

std::optional<AccountState> state_named(std::string_view word) {
  for (const AccountState state : kAccountStates) {
    if (to_string(state) == word) return state;
  }
  return std::nullopt;
}

Markup state_mark(AccountState state) {
  const StateLook look = look_of(state);
  return element(
      "span",
      {{"class", "state " + std::string(look.style)}, {"data-sign", std::string(look.sign)}},
      text(to_string(state)));
}

std::string why_of(const AccountStatus& account) {
  const auto said = [](const Condition& condition) {
    return condition.message.empty() ? condition.reason : condition.message;
  };
  switch (state_of(account)) {
    case AccountState::stalled: return said(account.stalled);
    case AccountState::widened:
      return count_of(account.standing_widenings, "policy was", "policies were") +
             " widened by others, and not set back";
    case AccountState::held:
    case AccountState::waiting: return said(account.held);
    case AccountState::out_of_sync:
      return account.ready.message.empty() ? "the mode keeps differences" : account.ready.message;
    case AccountState::starting: return account.reconciling.message;
    case AccountState::ready: return account.ready.message;
    default: return said(account.ready);
  }
}

Markup summary_sentence(std::span<const AccountStatus> accounts) {
  std::map<AccountState, std::size_t> counts;
  for (const AccountStatus& account : accounts) ++counts[state_of(account)];
  Markup sentence = element("strong", text(count_of(accounts.size(), "account", "accounts")));
  std::string_view between = ": ";
  for (auto state = kAccountStates.rbegin(); state != kAccountStates.rend(); ++state) {
    if (counts[*state] == 0) continue;
    sentence += text(between) + element("strong", text(std::to_string(counts[*state]))) +
                text(" " + std::string(in_words(*state)));
    between = ", ";
  }
  return of_class("p", "lead", sentence);
}

}  // namespace authzd::console
