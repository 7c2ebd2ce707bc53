// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/status/account_state.hpp"

namespace authzd {

AccountState state_of(const AccountStatus& account) {
  if (account.is_suspended) return AccountState::suspended;
  if (account.stalled.is_true) return AccountState::stalled;
  if (account.ready.kind == ConditionReason::revision_refused) return AccountState::refused;
  if (account.standing_widenings > 0) return AccountState::widened;
  if (account.held.is_true) return AccountState::held;
  if (!account.last_run) return AccountState::starting;
  if (!account.ready.is_true) return AccountState::not_ready;
  const bool is_kept_back = account.ready.kind == ConditionReason::kept_back;
  return is_kept_back ? AccountState::out_of_sync : AccountState::ready;
}

std::string_view to_string(AccountState state) {
  switch (state) {
    case AccountState::stalled: return "Stalled";
    case AccountState::refused: return "RevisionRefused";
    case AccountState::widened: return "Widened";
    case AccountState::held: return "Held";
    case AccountState::not_ready: return "NotReady";
    case AccountState::out_of_sync: return "OutOfSync";
    case AccountState::suspended: return "Suspended";
    case AccountState::starting: return "Starting";
    case AccountState::ready: return "Ready";
  }
  return "Unknown";
}

std::string_view in_words(AccountState state) {
  switch (state) {
    case AccountState::stalled: return "stalled";
    case AccountState::refused: return "with a refused revision";
    case AccountState::widened: return "with access that others gave";
    case AccountState::held: return "held";
    case AccountState::not_ready: return "not ready";
    case AccountState::out_of_sync: return "out of sync";
    case AccountState::suspended: return "suspended";
    case AccountState::starting: return "starting";
    case AccountState::ready: return "ready";
  }
  return "unknown";
}

bool needs_a_look(AccountState state) {
  return state != AccountState::ready && state != AccountState::starting;
}

}  // namespace authzd
