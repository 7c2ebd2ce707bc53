// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One word for an account: what a person should know of it first.
//
//   word            | the account
//   ----------------+--------------------------------------------------------------------------
//   Stalled         | does not continue without a person
//   Widened         | has a policy of ours that others widened, and that is not set back
//   RevisionRefused | has a newest revision that is refused; an older one is in force
//   NotReady        | had a cycle, or a write in it, that failed
//   Held            | has actions that wait for an approval
//   Conflicts       | has grants or policies that need a decision
//   Waiting         | has removals that continue by themselves when their time has passed
//   OutOfSync       | has changes that its mode does not allow
//   WaitsForWave    | has no revision yet: the first one reaches it with its wave
//   Suspended       | is planned, and not written to
//   Starting        | has not ended its first cycle
//   Ready           | is as the manifests say
#pragma once

#include "daemon/status/account_status.hpp"

#include <array>
#include <string_view>

namespace authzd {

/// In the order in which a person should look at them.
enum class AccountState {
  stalled,
  widened,
  refused,
  not_ready,
  held,
  conflicts,
  waiting,
  out_of_sync,
  waits_for_wave,
  suspended,
  starting,
  ready,
};

inline constexpr std::array kAccountStates = {AccountState::stalled,
                                              AccountState::widened,
                                              AccountState::refused,
                                              AccountState::not_ready,
                                              AccountState::held,
                                              AccountState::conflicts,
                                              AccountState::waiting,
                                              AccountState::out_of_sync,
                                              AccountState::waits_for_wave,
                                              AccountState::suspended,
                                              AccountState::starting,
                                              AccountState::ready};

/// The first that applies; but Suspended before all others, as then nothing is written.
AccountState state_of(const AccountStatus& account);

/// "Ready", "OutOfSync", …: stable CamelCase words in JSON and tables.
std::string_view to_string(AccountState state);

/// "ready", "out of sync", …: in a sentence.
std::string_view in_words(AccountState state);

/// Whether a person should look at the account.
bool needs_a_look(AccountState state);

}  // namespace authzd
