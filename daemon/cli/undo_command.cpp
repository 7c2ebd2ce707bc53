// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/failure.hpp"
#include "daemon/cli/run_report.hpp"
#include "daemon/cli/undo_plan.hpp"
#include "reconciler/base/text.hpp"

#include <chrono>
#include <memory>
#include <ostream>
#include <string>

namespace authzd {
namespace {

/// An undo writes: what names its run is no guess. Ids are random, so that nobody can make two that
/// begin alike.
constexpr std::size_t kShortestRun = 8;

/// The plan, and aside the pins that go with it.
Async<Planned> plan_of(AccountRuntime& account,  // coroutine-ref: the awaiter's
                       PlanPurpose purpose,
                       RunDetail past,
                       std::shared_ptr<UndoPins> pins) {
  auto undo = co_await plan_undo(account, reading_for(account, purpose), std::move(past));
  if (!undo) co_return std::move(undo).error();
  *pins = std::move(undo->pins);
  co_return std::move(undo->planned);
}

/// For each policy that IAM no longer keeps, the plan names the one that replaces it.
void tell_of_ids(const CommandContext& context, const RunSummary& run) {
  const auto until = ids_kept_until(run);
  if (!until) return;
  const std::string end = to_rfc3339(std::chrono::floor<std::chrono::seconds>(*until));
  if (context.clock.now() < *until) {
    context.console.err << "authzd: the policies that this run deleted can be brought back with "
                           "their ids until "
                        << end << ": IAM keeps them for 10 days\n";
  } else {
    context.console.err << "authzd: IAM kept the policies that this run deleted for 10 days, until "
                        << end << "; what it keeps no more comes back with a new id\n";
  }
}

}  // namespace

tl::expected<FoundRun, ExitCode> find_run_to_undo(const CommandContext& context,
                                                  const Workplace& place,
                                                  const std::string& id) {
  if (id.size() >= kShortestRun) return find_run(context, place, id);
  return tl::unexpected(fail_usage(context,
                                   "the run " + printable(id) + " is too short: give at least " +
                                       std::to_string(kShortestRun) +
                                       " digits of its id, as 'authzd runs' shows it"));
}

PlanMaker undo_maker(RunDetail past, std::shared_ptr<UndoPins> pins) {
  return [pins = std::move(pins), past = std::move(past)](AccountRuntime& account,
                                                          PlanPurpose purpose) {
    return plan_of(account, purpose, past, pins);
  };
}

Ending run_command(CommandContext context, Workplace place, UndoCommand command) {
  auto found = find_run_to_undo(context, place, command.run);
  if (!found) co_return found.error();
  place.accounts = {found->account};

  tell_of_ids(context, found->detail.run);
  const auto pins = std::make_shared<UndoPins>();
  const AskedPlan asked{.kind = RunKind::undo,
                        .question =
                            "Undo this run in this way? It pins these authorizations: authzd "
                            "leaves them alone until their "
                            "manifests change, or until 'authzd unpin'.",
                        .yes = command.yes,
                        .plan_hash = command.plan_hash,
                        .by = {.command = "authzd undo " + found->detail.run.start.id,
                               .approved_with = "--undo " + found->detail.run.start.id},
                        .output = command.output,
                        .detail = command.detail,
                        .nothing = {ErrorCode::conflict,
                                    "nothing of run " + printable(found->detail.run.start.id) +
                                        " is left to undo: it was undone, or it wrote nothing"},
                        .before_write =
                            [pins, run = found->detail.run.start.id](AccountRuntime& account) {
                              account.take_back(run);
                              return put_pins(account, *pins);
                            },
                        .after_writes =
                            [pins](AccountRuntime& account, const Performed& performed) {
                              return settle_pins(account, *pins, performed);
                            }};
  const PlanMaker maker = undo_maker(std::move(found->detail), pins);
  co_return co_await perform_asked(context, std::move(place), asked, maker);
}

}  // namespace authzd
