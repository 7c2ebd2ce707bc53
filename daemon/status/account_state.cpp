// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/status/account_state.hpp"

#include <algorithm>

namespace authzd {
namespace {

bool is_waiting_only(const AccountStatus& account) {
  return !account.holds.empty() && std::ranges::all_of(account.holds, [](const HeldActions& hold) {
    return hold.until.has_value();
  });
}

/// Of one whose first cycle has ended.
AccountState state_after_cycles(const AccountStatus& account) {
  const ConditionReason why = account.ready.kind;
  const bool is_explained = why == ConditionReason::held || why == ConditionReason::conflicts;
  if (!account.ready.is_true && !is_explained) return AccountState::not_ready;
  const bool is_held = account.held.is_true;
  if (is_held && !is_waiting_only(account)) return AccountState::held;
  if (why == ConditionReason::conflicts || account.last_run->planned.conflicts > 0) {
    return AccountState::conflicts;
  }
  if (is_held) return AccountState::waiting;
  const bool is_behind = why == ConditionReason::kept_back ||
                         account.last_run->in_sync() < account.last_run->managed();
  return is_behind ? AccountState::out_of_sync : AccountState::ready;
}

struct StateWords {
  std::string_view word;
  std::string_view in_a_sentence;
};

StateWords words_of(AccountState state) {
  switch (state) {
    case AccountState::stalled: return {"Stalled", "stalled"};
    case AccountState::widened: return {"Widened", "widened by others"};
    case AccountState::refused: return {"RevisionRefused", "with a refused revision"};
    case AccountState::not_ready: return {"NotReady", "not ready"};
    case AccountState::held: return {"Held", "held"};
    case AccountState::conflicts: return {"Conflicts", "with conflicts"};
    case AccountState::waiting: return {"Waiting", "waiting"};
    case AccountState::out_of_sync: return {"OutOfSync", "out of sync"};
    case AccountState::waits_for_wave: return {"WaitsForWave", "waiting for a wave"};
    case AccountState::suspended: return {"Suspended", "suspended"};
    case AccountState::starting: return {"Starting", "starting"};
    case AccountState::ready: return {"Ready", "ready"};
  }
  return {"Unknown", "unknown"};
}

}  // namespace

AccountState state_of(const AccountStatus& account) {
  if (account.is_suspended) return AccountState::suspended;
  if (account.stalled.is_true) return AccountState::stalled;
  if (account.standing_widenings > 0) return AccountState::widened;
  if (account.ready.kind == ConditionReason::revision_refused) return AccountState::refused;
  if (account.ready.kind == ConditionReason::waits_for_wave) return AccountState::waits_for_wave;
  return account.last_run ? state_after_cycles(account) : AccountState::starting;
}

std::string_view to_string(AccountState state) {
  return words_of(state).word;
}

std::string_view in_words(AccountState state) {
  return words_of(state).in_a_sentence;
}

bool needs_a_look(AccountState state) {
  return state != AccountState::ready && state != AccountState::starting &&
         state != AccountState::waits_for_wave;
}

}  // namespace authzd
