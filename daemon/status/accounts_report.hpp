// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The accounts that a configuration has, as `authzd accounts` shows them.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/model/account_origin.hpp"
#include "reconciler/model/account_traits.hpp"
#include "reconciler/plan/planner.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace authzd {

struct AccountEntry {
  AccountTraits traits;
  AccountId id;
  AccountOrigin origin = AccountOrigin::configured;
  Mode mode = Mode::observe;
  std::string state = {};        // a word of `authzd status`; empty: no daemon was asked
  std::string wave = {};         // that it is in: "wave 2 (production)"; empty: there are none
  std::string waits = {};        // why it does not have the newest revision; empty: it has
  std::string unreachable = {};  // why nothing of it can be read or written; empty: it can
};

struct AccountStatus;

/// "Ready", "Held", …: as `authzd status` has it.
std::string_view state_word(const AccountStatus& status);

enum class AccountsForm { text, wide, json, yaml, name };

/// In the order in which they are given. `wide` adds the parameters, `name` is a name a line.
/// `width`: columns of the terminal that `text` fits; 0: any.
std::string accounts_report(std::span<const AccountEntry> accounts,
                            AccountsForm form,
                            std::size_t width = 0);

}  // namespace authzd
