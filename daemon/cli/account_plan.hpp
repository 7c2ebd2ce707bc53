// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Planning for a person: to show, and then to do. What is shown is planned beside whatever works on
// the account: nothing is held and nothing is kept, so that no account waits for another or for one
// who reads. What is done is planned again, in the turn of that one account, and has to be the
// same.
#pragma once

#include "daemon/cli/commands.hpp"
#include "daemon/cycle/cycle.hpp"
#include "daemon/cycle/planning.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace authzd {

/// One account on its way through plan or apply.
struct AccountPlan {
  std::shared_ptr<AccountRuntime> account;
  SharedRevision good = {};
  Authors authors = {};  // who wrote it, where the state does not have them yet and they matter
  std::optional<Planned> planned = {};
  std::optional<ExitCode> failure = {};    // why it is not performed; it has been shown already
  bool may_pass = false;                   // the failure may be gone by the next time
  std::optional<Error> unknown_name = {};  // the account has no such authorization: not planned
  std::optional<RolloutWait> wait = {};    // the newest revision waits for the account's wave
  FairGate::Pass turn = {};                // while it is held, nobody else works on the account
};

bool has_writes(const AccountPlan& plan);

/// A release of what has no marker writes nothing to IAM, and yet there is something to do.
bool has_work(const AccountPlan& plan);

enum class PlanPurpose {
  ahead,    // the same as show, for a revision that waits for its wave: what it will do then
  show,     // beside a cycle, perhaps: the state and the account stay as they are
  perform,  // in the account's turn and as a run of its own: what is found out may be kept
};

/// Only what is performed may tell the state how earlier writes ended.
ReadingContext reading_for(AccountRuntime& account, PlanPurpose purpose);

/// Plans one account, or shows why it cannot.
using Planner = std::function<boost::asio::awaitable<AccountPlan>(std::shared_ptr<AccountRuntime>,
                                                                  PlanPurpose)>;

/// A plan of each account. A process that stands alone has nobody to wait for: it takes the turns,
/// and what it shows is what it will perform. `planner` outlives the call.
boost::asio::awaitable<std::vector<AccountPlan>> plan_to_show(CommandContext context,
                                                              Workplace place,
                                                              RunKind kind,
                                                              const Planner& planner);

/// The plans that the daemon's last cycles made, as `status` shows them. An account is missing
/// before its first plan, and where authors may not approve: those of its newest revision have to
/// be read first.
std::vector<AccountPlan> last_plans(const Workplace& place);

/// The plan of one account that was shown, with the account's turn, to be performed. It fails, and
/// says so, where the account was removed or may write nothing by now, or the plan is another one;
/// where that one has nothing to write, nothing is left to do, and that is no error. `planner`
/// outlives the call.
boost::asio::awaitable<AccountPlan> plan_to_perform(CommandContext context,
                                                    Workplace place,
                                                    RunKind kind,
                                                    AccountPlan shown,
                                                    const Planner& planner);

/// An authorization that was asked for need not be in every account: those without it are left out,
/// unless it is in none, which is a failure of each, and said.
std::vector<AccountPlan> with_name_known(const CommandContext& context,
                                         std::vector<AccountPlan> plans);

/// What a yes to these plans is a yes to: what they would do, and what is held.
std::string hash_of_shown(std::span<const AccountPlan> plans);

/// The exit codes of the accounts that could not be planned.
std::set<ExitCode> failures(std::span<const AccountPlan> plans);

}  // namespace authzd
