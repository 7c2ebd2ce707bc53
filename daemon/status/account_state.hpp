// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One word for an account: what a person should know of it first.
#pragma once

#include "daemon/status/account_status.hpp"

#include <string_view>

namespace authzd {

/// In the order in which a person should look at them.
enum class AccountState {
  stalled,      // needs a person to continue
  refused,      // the newest revision is refused; an older one is in force
  widened,      // others gave access that nothing takes back: it is held, or the mode keeps it back
  held,         // a rail holds actions
  not_ready,    // writes fail, conflict or wait
  out_of_sync,  // the mode keeps changes back
  suspended,    // by a person
  starting,     // its first cycle has not ended
  ready,
};

/// Suspended comes before all others, as then nothing is written; after it the first that applies,
/// in the order of the enumeration.
AccountState state_of(const AccountStatus& account);

/// "Ready", "OutOfSync", …: stable CamelCase words in JSON and tables.
std::string_view to_string(AccountState state);

/// "ready", "out of sync", …: in a sentence.
std::string_view in_words(AccountState state);

/// Whether a person should look at the account.
bool needs_a_look(AccountState state);

}  // namespace authzd
