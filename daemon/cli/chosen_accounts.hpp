// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The accounts that a call means: by name or id (--account), and by their labels (-l).
#pragma once

#include "daemon/cli/setup.hpp"
#include "daemon/cycle/account_spec.hpp"
#include "reconciler/model/label_selector.hpp"

#include <span>
#include <string>

namespace authzd {

/// Whether that is its name or its id.
bool is_called(const AccountSpec& spec, const std::string& name);

/// Whether it is meant; without names and selector every account is.
bool is_meant(const AccountSpec& spec,
              std::span<const std::string> names,
              const LabelSelector& selector);

/// Leaves the accounts that the call means. Observe in a configuration is a bound: an option of one
/// call gets nobody past it. Errors: an account that is not there, no account that is meant, and
/// --mode for one that is observed.
tl::expected<void, SetupFailure> choose_accounts(Setup& setup,
                                                 const CommonOptions& options,
                                                 const SetupNeeds& needs);

/// Why a call means nothing.
std::string no_account_with(std::span<const std::string> selectors);

}  // namespace authzd
