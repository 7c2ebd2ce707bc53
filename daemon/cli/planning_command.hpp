// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the commands that plan have in common: accounts that are open, and a plan for each.
#pragma once

#include "daemon/cli/commands.hpp"
#include "daemon/cli/setup.hpp"
#include "daemon/run/planning.hpp"
#include "daemon/run/service.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace authzd {

enum class Access { read, write };

/// The setup of a command; what is wrong with it, and its warnings, go to standard error.
tl::expected<Setup, ExitCode> prepare(const CommandContext& context, const SetupNeeds& needs);

/// Opens every account of a setup. With `against`, the text of a saved list stands for IAM. Without
/// `state`, each has one that ends with the call, and whose first deletes nobody has to approve:
/// whoever calls sees the plan. What is wrong goes to standard error.
tl::expected<Accounts, ExitCode> open_accounts(
    const CommandContext& context,
    const Setup& setup,
    Access access,
    const std::optional<std::string>& against = std::nullopt,
    const std::shared_ptr<Database>& state = nullptr);

/// Shows an error that concerns the whole call; returns its code.
ExitCode fail(const CommandContext& context, const Error& error);

/// Shows an error that concerns one account; returns its code.
ExitCode fail(const CommandContext& context, const AccountSpec& account, const Error& error);

/// Shows what is wrong with a setup; returns its code.
ExitCode fail(const CommandContext& context, const SetupFailure& failure);

/// One account on its way through plan or apply.
struct AccountPlan {
  AccountRuntime* account = nullptr;
  std::optional<GoodRevision> good;
  std::optional<Planned> planned;
  std::optional<ExitCode> failure;  // it has been shown already
};

/// Plans each account in turn; diagnostics and errors go to standard error as they come.
boost::asio::awaitable<std::vector<AccountPlan>> plan_accounts(
    CommandContext context,
    Accounts& accounts);  // coroutine-ref: the awaiter's

/// The exit codes of the accounts that could not be planned.
std::set<ExitCode> failures(std::span<const AccountPlan> plans);

std::string render(std::span<const AccountPlan> plans,
                   OutputForm form,
                   bool colour,
                   bool unmanaged);

}  // namespace authzd
