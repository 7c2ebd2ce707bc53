// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/planning_command.hpp"
#include "daemon/status/service_manager.hpp"
#include "reconciler/report/plan_text.hpp"

#include <ostream>

namespace authzd {
namespace {

std::set<ExitCode> codes_of(const CycleEnd& end) {
  std::set<ExitCode> codes;
  if (end.error) codes.insert(exit_code(*end.error));
  if (end.refusal) codes.insert(exit_code(end.refusal->error));
  if (!end.performed) return codes;
  codes.merge(exit_codes(count(end.performed->planned.plan)));
  codes.erase(ExitCode::changes);
  const PerformedCounts counts = count(*end.performed);
  if (counts.failed > 0) {
    const bool some = counts.created + counts.updated + counts.deleted > 0;
    codes.insert(some ? ExitCode::conflicts : ExitCode::error);
  }
  return codes;
}

/// A dry run shows each plan that differs from the one shown last.
class PlanPrinter {
 public:
  explicit PlanPrinter(const Console& console) : console_(console) {}

  void show(const AccountRuntime& account, const CycleEnd& end) {
    if (!end.performed) return;
    const Planned& planned = end.performed->planned;
    std::string& last = shown_[account.spec().name];
    if (last == planned.plan.hash) return;
    last = planned.plan.hash;
    console_.out << plan_text(planned.plan,
                              {.colour = console_.colour,
                               .account_name = account.spec().name,
                               .revision = planned.revision,
                               .role_names = planned.role_names})
                 << std::flush;
  }

 private:
  const Console& console_;
  std::map<std::string, std::string> shown_;
};

Ending run_once(CommandContext context,
                Accounts& accounts,  // coroutine-ref: the awaiter's
                PlanPrinter* printer) {
  std::set<ExitCode> codes;
  StopToken stop;
  for (const auto& account : accounts) {
    const CycleEnd end = co_await run_cycle(*account, context.randomness.hex(12), stop);
    if (printer != nullptr) printer->show(*account, end);
    codes.merge(codes_of(end));
  }
  co_return worst(codes);
}

/// What the daemon and `run --once` keep from one call to the next. A dry run keeps nothing, and
/// so can run beside them.
Result<std::shared_ptr<Database>> open_database(const Setup& setup, const RunCommand& command) {
  if (command.dry_run) return std::shared_ptr<Database>();
  DatabaseOptions options;
  if (!setup.state_path.empty()) options.path = setup.state_path;
  return Database::open(std::move(options));
}

}  // namespace

Ending run_command(CommandContext context, RunCommand command) {
  const SetupNeeds needs{.manifests = true, .mode = !command.dry_run, .key = true};
  const Access access = command.dry_run ? Access::read : Access::write;
  const auto setup = prepare(context, needs);
  if (!setup) co_return setup.error();
  const auto database = open_database(*setup, command);
  if (!database) {
    co_return fail(context, database.error());
  }
  auto accounts = open_accounts(context, *setup, access, std::nullopt, *database);
  if (!accounts) co_return accounts.error();
  PlanPrinter printer(context.console);
  if (command.once) {
    PlanPrinter* shows = command.dry_run ? &printer : nullptr;
    co_return co_await run_once(context, *accounts, shows);
  }
  const auto reload = [&]() -> Result<Accounts> {
    const auto fresh = prepare(context, needs);
    if (!fresh) return Error{ErrorCode::invalid_config, "it cannot be used; see above"};
    auto opened = open_accounts(context, *fresh, access, std::nullopt, *database);
    if (!opened)
      return Error{ErrorCode::invalid_config, "its accounts cannot be opened; see above"};
    return std::move(*opened);
  };
  ServiceParts parts{context.executor, context.clock, context.randomness, context.log, reload};
  Service service(std::move(parts), *accounts);
  if (command.dry_run) {
    service.on_cycle([&printer](const AccountRuntime& account, const CycleEnd& end) {
      printer.show(account, end);
    });
  }
  context.log.info("authzd runs", {{"accounts", std::to_string(accounts->size())}});
  ServiceManager manager;
  service.on_reload([&manager](bool begins) {
    if (begins) {
      manager.reloading();
    } else {
      manager.ready();
    }
  });
  service.on_stop([&manager] { manager.stopping(); });
  Supervisor signs_of_life(context.executor, context.log);
  signs_of_life.start("watchdog", manager.feed_watchdog());
  manager.ready();
  co_await service.run();
  signs_of_life.stop();
  co_await signs_of_life.drained();
  context.log.info("authzd has stopped");
  co_return ExitCode::done;
}

}  // namespace authzd
