// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/admin_server.hpp"
#include "daemon/app/admin_commands.hpp"
#include "daemon/app/daemon_source.hpp"
#include "daemon/app/fleet_watch.hpp"
#include "daemon/app/http_frontend.hpp"
#include "daemon/app/notice_sender.hpp"
#include "daemon/app/restart_keys.hpp"
#include "daemon/app/standing_alone.hpp"
#include "daemon/cli/chosen_accounts.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/cli/planning_command.hpp"
#include "daemon/cycle/audit_trail.hpp"
#include "daemon/cycle/cycle_summary.hpp"
#include "daemon/http/status_listener.hpp"
#include "daemon/service/coalesced.hpp"
#include "daemon/service/stop_signals.hpp"
#include "daemon/status/service_manager.hpp"
#include "daemon/status/status_report.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/plan/canonical.hpp"
#include "reconciler/report/plan_text.hpp"

#include <ostream>
#include <utility>

namespace authzd {
namespace {

constexpr std::chrono::seconds kStatusGap{1};  // between two lines for the service manager
constexpr std::chrono::seconds kIdleLook{10};  // between two looks for idle connections

/// A dry run shows each plan that differs from the one shown last.
class PlanPrinter {
 public:
  explicit PlanPrinter(const CommandContext& context)
      : console_(context.console),
        copied_(copied_commands(context.options, std::vector<std::string>())) {}

  void show(const AccountRuntime& account, const CycleEnd& end) {
    if (!end.performed) return;
    const Planned& planned = end.performed->planned;
    std::string& last = shown_[account.spec().name];
    const std::string content = hash_plan(planned.plan);
    if (std::exchange(last, content) == content) return;
    const TextOptions options = text_options(account.spec(), planned, copied_, console_.style);
    console_.out << plan_text(planned.plan, options) << std::flush;
  }

 private:
  const Console& console_;
  const CopiedCommands copied_;
  std::map<std::string, std::string> shown_;
};

Ending run_once(CommandContext context,
                Accounts& accounts,     // coroutine-ref: the awaiter's
                NoticeSender& notices,  // coroutine-ref: the awaiter's
                PlanPrinter* printer) {
  std::set<ExitCode> codes;
  const StopSignals stop(context.executor, context.log);
  for (const auto& account : accounts) {
    if (stop.token().is_requested()) {
      codes.insert(ExitCode::conflicts);
      break;
    }
    const CycleEnd end =
        co_await run_contained_cycle(*account, context.randomness.hex(12), stop.token());
    if (is_stopped(end)) {
      codes.insert(ExitCode::conflicts);
      break;
    }
    if (printer != nullptr) printer->show(*account, end);
    notices.tell_of_cycle(summary_of(*account, end));
    codes.merge(exit_codes(end));
  }
  co_await notices.finish();
  co_return worst(codes);
}

/// What the daemon and `run --once` keep from one call to the next. A dry run keeps nothing, and
/// so can run beside them.
Result<std::shared_ptr<Database>> open_database(const CommonOptions& common,
                                                const Setup& setup,
                                                const RunCommand& command) {
  if (common.state) return named_state(common);
  if (command.dry_run) return std::shared_ptr<Database>();
  DatabaseOptions options;
  if (!setup.state_path.empty()) options.path = setup.state_path;
  return Database::open(std::move(options));
}

/// Nobody may learn from the writes that a state was lost.
void warn_of_lost_state(const CommandContext& context, const std::shared_ptr<Database>& database) {
  if (database != nullptr && database->is_older_copy()) {
    context.log.warning(
        "the state was restored from an older copy, or its file .serial is missing, which would "
        "show that it is the newest: its approvals and pins no longer count, what "
        "waits for a time starts again, and deletes wait for approval");
  }
  if (database == nullptr || !database->was_lost()) return;
  context.log.warning(
      "the state is new, though there was one beside its key: approvals, pins and the history of "
      "runs are forgotten, and deletes wait for approval; what was suspended still is. If that was "
      "not meant, stop authzd and put the state back");
}

/// A connection that nobody uses is a descriptor, and memory of TLS.
boost::asio::awaitable<void> close_idle(Clock& clock,              // coroutine-ref: the awaiter's
                                        ConnectionPools& pools) {  // coroutine-ref: the awaiter's
  while (true) {
    co_await clock.sleep(kIdleLook);
    pools.close_idle(clock.ticks());
  }
}

/// Runs until stopped, and lets systemd know how we are: all that listens does so by now. The
/// manager outlives the daemon, which calls it until the end.
boost::asio::awaitable<void> run_managed(CommandContext context,
                                         ConnectionPools& pools,   // coroutine-ref: the awaiter's
                                         ServiceManager& manager,  // coroutine-ref: the awaiter's
                                         FleetWatch& fleet,        // coroutine-ref: the awaiter's
                                         Daemon& daemon) {         // coroutine-ref: the awaiter's
  const auto tell = [&manager, &daemon] {
    DaemonStatus now{{}, daemon.refused_reload()};
    for (const auto& account : daemon.accounts()) now.accounts.push_back(account->status());
    manager.status(status_line(now));
  };
  // It takes a look at every account, and each of them may end a cycle at any moment.
  Coalesced status(context.clock, kStatusGap, tell);
  daemon.on_reload([&manager, &status](bool begins) {
    if (begins) {
      manager.reloading();
    } else {
      manager.ready();
      status.ask();
    }
  });
  daemon.on_cycle([&status](const AccountRuntime&, const CycleEnd&) { status.ask(); });
  daemon.on_stop([&manager] { manager.stopping(); });
  Supervisor signs_of_life(context.executor, context.log, [&daemon] { daemon.fail(); });
  signs_of_life.start("watchdog", manager.feed_watchdog());
  signs_of_life.start("status line", status.run());
  signs_of_life.start("fleet", fleet.run(daemon));
  signs_of_life.start("idle connections", close_idle(context.clock, pools));
  manager.ready();
  co_await daemon.run();
  signs_of_life.stop();
  co_await signs_of_life.drained();
}

/// The same, with clients at the admin socket and, where there is one, the TCP listener.
Ending serve(CommandContext context,
             const Setup& setup,          // coroutine-ref: the awaiter's
             const DaemonSource& source,  // coroutine-ref: the awaiter's
             ConnectionPools& pools,      // coroutine-ref: the awaiter's
             ServiceManager& manager,     // coroutine-ref: the awaiter's
             FleetWatch& fleet,           // coroutine-ref: the awaiter's
             Daemon& daemon) {            // coroutine-ref: the awaiter's
  AdminServerOptions options;
  options.path = setup.socket;
  options.log = context.log;
  const auto server = make_admin_server(context.executor, std::move(options));
  if (!server) {
    co_return fail(context, server.error());
  }
  Result<std::unique_ptr<HttpServer>> listener;  // null: no TCP listener
  if (!setup.admin.listen.empty()) {
    HttpServerOptions limits = status_listener_options();
    limits.log = context.log;
    listener = listen_for_status(context.executor, setup.admin.listen, std::move(limits));
    if (!listener) {
      co_return fail(context, listener.error());
    }
  }
  HttpFrontend frontend(context, setup.admin, daemon, source);
  AdminCommands commands({daemon,
                          setup.config,
                          context.environment,
                          context.executor,
                          context.clock,
                          context.randomness,
                          context.log});
  SocketSite site({frontend.pages(), commands.opener(), context.executor, context.log});
  Supervisor clients(context.executor, context.log, [&daemon] { daemon.fail(); });
  clients.start("admin socket", (*server)->serve(handler_of(site)));
  if (*listener) clients.start("status listener", (*listener)->serve(handler_of(frontend.pages())));
  daemon.on_stop([&server, &listener] {
    (*server)->stop();
    if (*listener) (*listener)->stop();
  });
  context.log.info("authzd listens; ask it with 'authzd status'",
                   {{"config", setup.config}, {"socket", setup.socket}});
  co_await run_managed(context, pools, manager, fleet, daemon);
  (*server)->stop();
  co_await clients.drained();
  co_return ExitCode::done;
}

/// The configuration as it is now. A daemon says in its log what others say on standard error.
Result<Setup> read_anew(const CommandContext& context, const SetupNeeds& needs) {
  auto setup = make_setup(context.options, context.environment, needs);
  if (!setup) return to_error(setup.error());
  for (const Diagnostic& warning : setup->warnings) context.log.warning(one_line(warning));
  return std::move(*setup);
}

/// Those that were found before: a reload asks for no others, and does not wait for them.
Result<void> add_known_accounts(const CommandContext& context,
                                const SetupNeeds& needs,
                                const FleetBook& book,
                                Setup& setup) {
  if (setup.fleet.empty()) return {};
  for (const std::string& renamed : book.add_to(setup)) context.log.warning(renamed);
  if (auto chosen = choose_accounts(setup, context.options, needs); !chosen) {
    return to_error(chosen.error());
  }
  return setup.accounts.empty() ? Result<void>(no_accounts()) : Result<void>{};
}

/// Said at each reload, as long as it is so: otherwise an operator would believe that it was done.
void warn_of_keys_for_restart(const Log& log, const Setup& started, const Setup& now) {
  const auto keys = keys_for_restart(started, now);
  if (keys.empty()) return;
  log.warning(
      "the reload leaves these keys as they were at the start; a change of them needs a restart "
      "(systemctl restart authzd)",
      {{"keys", join(keys, ", ")}});
}

void warn_without_audit(const Log& log, const Setup& setup) {
  if (is_audited(setup.audit_file)) return;
  log.warning(
      "there is no audit log: this host has no journal, and audit.file is not set; what is written "
      "to IAM stands in the state alone (authzd runs)");
}

/// A service manager must see by the exit code that something was wrong.
ExitCode end_of(const Log& log, const Daemon& daemon, ExitCode code) {
  if (!daemon.has_failed()) {
    log.info("authzd has stopped");
    return code;
  }
  log.error("authzd has stopped, and had an internal error; an earlier line says which");
  return worst({code, ExitCode::error});
}

/// The accounts of a setup, as the waves see them.
Result<void> follow_rollout(const Setup& setup, RolloutKeeper* rollout) {
  if (rollout == nullptr) return {};
  std::vector<RolloutAccount> accounts;
  for (const AccountSetup& account : setup.accounts) {
    const AccountSpec& spec = account.spec;
    const bool is_out = !spec.unreachable.empty() || spec.is_removed;
    accounts.push_back({spec.id, spec.name, spec.labels, is_out});
  }
  return rollout->follow(setup.rollout, std::move(accounts));
}

/// Null, without a state: a dry run shows what each account will do in the end.
Result<std::shared_ptr<RolloutKeeper>> open_rollout(const std::shared_ptr<Database>& database,
                                                    const Setup& setup) {
  if (database == nullptr) return std::shared_ptr<RolloutKeeper>();
  auto rollout = RolloutKeeper::open(database);
  if (!rollout) return rollout;
  if (auto follows = follow_rollout(setup, rollout->get()); !follows) {
    return std::move(follows).error();
  }
  return rollout;
}

Result<Accounts> open_all(const CommandContext& context,
                          const Setup& setup,
                          AccountAccess access,
                          const std::shared_ptr<Database>& database,
                          SharedAccess& shared) {
  auto rollout = open_rollout(database, setup);
  if (!rollout) return std::move(rollout).error();
  shared.rollout = std::move(*rollout);
  return open_accounts(context, setup, access, std::nullopt, database, shared);
}

void poke_on_change(DaemonSource& source, Daemon& daemon, FleetWatch& fleet) {
  source.on_change([&daemon, &fleet] {
    daemon.poke();
    fleet.ask();
  });
}

/// What a reload of the configuration works with.
struct Reloading {
  const CommandContext& context;
  const SetupNeeds& needs;
  AccountAccess access;
  const Setup& started;
  const std::shared_ptr<Database>& database;
  DaemonSource& source;
  NoticeSender& notices;
  SharedAccess& shared;
  FleetBook& book;
  FleetWatch& fleet;
  std::optional<std::string> no_list = {};  // in place of IAM
};

/// The accounts point to `with`.
Result<AccountsToOpen> read_again(const Reloading& with) {
  auto read = read_anew(with.context, with.needs);
  if (!read) return std::move(read).error();
  const auto setup = std::make_shared<Setup>(std::move(*read));
  if (auto opened = with.source.open(*setup); !opened) return std::move(opened).error();
  const std::size_t fleet_version = with.book.version();
  auto added = add_known_accounts(with.context, with.needs, with.book, *setup);
  if (!added) return std::move(added).error();
  auto opener = AccountOpener::make(
      {with.context, *setup, with.access, with.no_list, with.database, with.shared});
  if (!opener) return std::move(opener).error();
  const auto done = [&with, setup, fleet_version] {
    with.source.follow();
    warn_of_keys_for_restart(with.context.log, with.started, *setup);
    with.notices.follow(*setup);
    if (auto follows = follow_rollout(*setup, with.shared.rollout.get()); !follows) {
      with.context.log.error("the state could not take over the waves of the configuration",
                             {{"error", to_string(follows.error())}});
    }
    with.book.ask_by(make_discover(with.context, setup->iam, with.shared));
    with.fleet.reloaded(fleet_version);
    if (!with.fleet.is_followed(*setup)) with.fleet.follow(*setup);
  };
  return AccountsToOpen{(*opener)->count(),
                        [opener = *opener](std::size_t number) { return opener->open(number); },
                        done};
}

}  // namespace

Ending run_command(CommandContext context, RunCommand command) {
  const SetupNeeds needs{
      .manifests = true, .mode = !command.dry_run, .key = true, .may_lack_fleet = true};
  const AccountAccess access = command.dry_run ? AccountAccess::read : AccountAccess::write;
  auto setup = prepare(context, needs);
  if (!setup) co_return setup.error();
  // A dry run, and one on a state of its own, must not be in the way of the daemon.
  const bool keeps_copy = !command.dry_run && !context.options.state;
  DaemonSource source(context.executor, context.clock, context.log, keeps_copy);
  if (auto opened = source.open(*setup); !opened) {
    co_return fail(context, opened.error());
  }
  const auto database = open_database(context.options, *setup, command);
  if (!database) {
    co_return fail(context, database.error());
  }
  warn_of_lost_state(context, *database);
  SharedAccess shared(context.clock);
  FleetBook book(*database, make_discover(context, setup->iam, shared));
  const auto unjoined = co_await join_fleet(context, book, *setup, needs);
  if (unjoined) co_return *unjoined;
  auto accounts = open_all(context, *setup, access, *database, shared);
  if (!accounts) {
    co_return fail(context, accounts.error());
  }
  if (!command.dry_run) warn_without_audit(context.log, *setup);
  PlanPrinter printer(context);
  NoticeSender notices(context, command.dry_run ? nullptr : *database);
  notices.follow(*setup);
  if (command.once) {
    PlanPrinter* shows = command.dry_run ? &printer : nullptr;
    co_return co_await run_once(context, *accounts, notices, shows);
  }
  FleetWatch fleet(context.executor, context.clock, context.log, book);
  const Reloading reloading{
      context, needs, access, *setup, *database, source, notices, shared, book, fleet};
  const auto reload = [&reloading] { return read_again(reloading); };
  DaemonParts parts{
      context.executor, context.clock, context.randomness, context.log, reload, shared.rollout};
  ServiceManager manager;
  Daemon daemon(std::move(parts), *accounts);
  notices.listen_to(daemon);
  poke_on_change(source, daemon, fleet);
  fleet.follow(*setup);
  source.follow();
  if (command.dry_run) {
    daemon.on_cycle([&](const auto& account, const auto& end) { printer.show(account, end); });
  }
  context.log.info("authzd runs", {{"accounts", std::to_string(accounts->size())}});
  ExitCode code = ExitCode::done;
  if (command.dry_run || setup->config.empty()) {
    co_await run_managed(context, *shared.pools, manager, fleet, daemon);
  } else {
    code = co_await serve(context, *setup, source, *shared.pools, manager, fleet, daemon);
  }
  co_await notices.finish();
  co_return end_of(context.log, daemon, code);
}

}  // namespace authzd
