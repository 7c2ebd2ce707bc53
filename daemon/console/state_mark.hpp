// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// How the state of an account looks on a page.
#pragma once

#include "daemon/console/html.hpp"
#include "daemon/status/account_state.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace authzd::console {

std::optional<AccountState> state_named(std::string_view word);

/// The word with a sign and a colour.
Markup state_mark(AccountState state);

/// What is the matter, or empty: the message of the condition that decided the state.
std::string why_of(const AccountStatus& account);

/// "500 accounts: 489 ready, 8 held, 3 stalled".
Markup summary_sentence(std::span<const AccountStatus> accounts);

}  // namespace authzd::console
