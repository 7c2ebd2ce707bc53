// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The JSON values in the state: an action, a policy as IAM had it, the outcome of an action. Each
// function reads what its counterpart wrote; anything else is invalid_config, as for a damaged
// state.
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/converge/converge.hpp"
#include "reconciler/model/account_traits.hpp"

#include <string>
#include <string_view>

namespace authzd {

std::string action_to_text(const Action& action);
Result<Action> action_from_text(std::string_view text, const AccountId& account);

std::string content_to_text(const PolicyContent& content);
Result<PolicyContent> content_from_text(std::string_view text);

std::string observed_to_text(const Observed& policy);
Result<Observed> observed_from_text(std::string_view text);

/// All of it except the index of the action.
std::string outcome_to_text(const Outcome& outcome);
Result<Outcome> outcome_from_text(std::string_view text);

std::string traits_to_text(const AccountTraits& traits);
Result<AccountTraits> traits_from_text(std::string_view text);

std::string_view to_string(Command::Kind kind);  // "create", "replace", …
Result<Command::Kind> command_kind_from(std::string_view word);

}  // namespace authzd
