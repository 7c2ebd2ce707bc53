// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the commands that plan have in common: a plan for each account, and how it is shown.
#pragma once

#include "daemon/cli/account_plan.hpp"
#include "daemon/cli/copied_commands.hpp"
#include "daemon/cycle/run_cycle.hpp"
#include "reconciler/report/plan_text.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace authzd {

/// What a performed plan says: held, conflicts, partly applied, failed, done.
std::set<ExitCode> exit_codes(const Performed& performed);
std::set<ExitCode> exit_codes(const CycleEnd& end);

/// Shows why the newest revision is not enforced, with what the loader found; returns its code.
ExitCode show_refusal(const CommandContext& context,
                      const AccountSpec& spec,
                      const Refusal& refusal);

/// Plans by the newest revision; diagnostics and errors go to standard error as they come.
/// `names`: of the authorizations to plan; empty: all. `shows_warnings`: about the manifests.
Planner revision_planner(const CommandContext& context,
                         AuthorizationNames names,
                         bool shows_warnings = true);

/// The same by the newest revision of another source, for a plan that is only shown.
Planner other_planner(const CommandContext& context,
                      AuthorizationNames names,
                      std::shared_ptr<Source> other);

/// The plans of a command that performs none of them: they change no state, in a process that
/// stands alone either. `planner` outlives the call.
boost::asio::awaitable<std::vector<AccountPlan>> plans_beside(
    Workplace place, const Planner& planner, PlanPurpose purpose = PlanPurpose::show);
boost::asio::awaitable<std::vector<AccountPlan>> plan_accounts(
    CommandContext context,
    Workplace place,
    AuthorizationNames names,
    bool shows_warnings = true,
    PlanPurpose purpose = PlanPurpose::show);

/// How a plan of the account is shown; `copied` as below.
TextOptions text_options(const AccountSpec& spec,
                         const Planned& planned,
                         const CopiedCommands& copied,
                         TextStyle style);
/// Leaves out the accounts whose writes of that kind a person has suspended, and reports each.
/// Returns the codes of those left out.
std::set<ExitCode> leave_out_suspended(const CommandContext& context,
                                       RunKind kind,
                                       std::vector<AccountPlan>& plans);

/// How plans are shown; `copied`: the commands that let through what is held.
struct PlanLook {
  OutputForm form = OutputForm::text;
  TextStyle style = {};
  PlanDetail detail = {};
  CopiedCommands copied = {};
};

/// In slices, between which a daemon does other work: a plan may have thousands of policies.
boost::asio::awaitable<std::string> render(
    std::span<const AccountPlan> plans,  // coroutine-ref: the awaiter's
    PlanLook look);

/// Warns on standard error of selectors in the manifests that mean no account. Only if the call is
/// about all accounts, and all have read their manifests.
void tell_of_unmet_selectors(const CommandContext& context, const Accounts& accounts);

}  // namespace authzd
