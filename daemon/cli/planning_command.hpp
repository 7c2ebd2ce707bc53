// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the commands that plan have in common: a plan for each account, and how it is shown.
#pragma once

#include "daemon/cli/commands.hpp"
#include "daemon/run/cycle.hpp"
#include "daemon/run/planning.hpp"
#include "daemon/run/run_cycle.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace authzd {

/// One account on its way through plan or apply.
struct AccountPlan {
  std::shared_ptr<AccountRuntime> account;
  SharedRevision good;
  std::optional<Planned> planned;
  std::optional<ExitCode> failure;  // it has been shown already
  FairGate::Pass turn = {};         // no cycle comes in between while it is held
};

/// Lets cycles and other commands go on.
void give_back_turns(std::span<AccountPlan> plans);

/// Whether what a person was shown is still the plan.
bool are_same(std::span<const AccountPlan> shown, std::span<const AccountPlan> anew);
Error plan_has_changed();

/// What a performed plan says: held, conflicts, partly applied, failed, done.
std::set<ExitCode> exit_codes(const Performed& performed);
std::set<ExitCode> exit_codes(const CycleEnd& end);

/// Shows why the newest revision is not enforced, with what the loader found; returns its code.
ExitCode show_refusal(const CommandContext& context,
                      const AccountSpec& spec,
                      const Refusal& refusal);

/// Plans each account in turn, and holds on to it; diagnostics and errors go to standard error as
/// they come.
boost::asio::awaitable<std::vector<AccountPlan>> plan_accounts(CommandContext context,
                                                               Workplace place);

/// The exit codes of the accounts that could not be planned.
std::set<ExitCode> failures(std::span<const AccountPlan> plans);

std::string render(std::span<const AccountPlan> plans,
                   OutputForm form,
                   bool colour,
                   bool unmanaged,
                   bool can_be_approved = true);

}  // namespace authzd
