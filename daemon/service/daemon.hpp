// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The daemon: every account in its own loop, none waiting for another, until it is asked to stop.
// It owns which accounts there are, and knows whether anything of the process has failed.
#pragma once

#include "daemon/cycle/account_runtime.hpp"
#include "daemon/cycle/run_cycle.hpp"
#include "daemon/net/supervisor.hpp"
#include "daemon/service/cycle_wait.hpp"
#include "daemon/service/worker.hpp"
#include "daemon/status/daemon_status.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace authzd {

/// Each may be in use elsewhere, too: by a command at the admin socket.
using Accounts = std::vector<std::shared_ptr<AccountRuntime>>;

struct DaemonParts {
  boost::asio::any_io_executor executor;
  Clock& clock;
  Randomness& randomness;
  Log log;
  /// Reads the configuration again and opens its accounts; null: SIGHUP only pokes. Where it fails,
  /// the old accounts stay.
  std::function<Result<Accounts>()> reload = {};
};

class Daemon {
 public:
  /// All that is passed must outlive this.
  Daemon(DaemonParts parts, Accounts accounts);
  ~Daemon();

  /// Runs until stop(). The first cycles of many accounts begin one after the other. SIGTERM and
  /// SIGINT stop between two writes (a second one at once); SIGHUP is ask_for_reload().
  boost::asio::awaitable<void> run();

  /// Starts a cycle, of every account or of the one with that name or id, as soon as the gap
  /// between two cycles allows; one that is under way is followed by another. False: no such
  /// account.
  void poke();
  bool poke(std::string_view account);

  /// Pokes the account with that name or id, and lets the caller wait for a cycle that begins from
  /// now on; a wait that nobody holds any more is forgotten. Null: no such account.
  std::shared_ptr<CycleWait> ask_for_cycle(std::string_view account);

  /// Takes over the configuration as it is now. Accounts that it no longer has end after the writes
  /// under way, and new ones start. One that changed begins no write under its old configuration
  /// any more: a cycle that is under way ends between two writes, and one under the newest follows.
  /// A configuration that cannot be used changes nothing. Errors: those of DaemonParts::reload;
  /// internal where that throws; cancelled once stop() was called.
  Result<void> reload();

  /// Reloads and pokes, at once or, where a reload was less than a second ago, then: however often
  /// this is called, the last call is followed by a reload.
  void ask_for_reload();

  /// The last reload, where it was refused.
  [[nodiscard]] const std::optional<RefusedReload>& refused_reload() const { return refused_; }

  /// Ends after the writes under way. Again: nothing more happens.
  void stop();

  /// An account had an internal error, or a task of the daemon ended with one: the process must not
  /// end as if all had been well.
  [[nodiscard]] bool has_failed() const;

  /// What a task beside the accounts does about a fault of its own: the daemon fails and stops.
  void fail();

  /// The accounts of now, by name. Whoever works on one takes its turn (AccountRuntime::turn).
  [[nodiscard]] Accounts accounts() const;

  /// By name or id; null: there is none.
  [[nodiscard]] std::shared_ptr<AccountRuntime> find(std::string_view account) const;

  /// Every account's first cycle has ended, well or not.
  [[nodiscard]] bool is_ready() const;

  /// Called after each cycle, in the order in which they were added.
  using Watcher = std::function<void(const AccountRuntime&, const CycleEnd&)>;
  void on_cycle(Watcher watcher) { watchers_.push_back(std::move(watcher)); }

  /// Called after a person's apply, undo or release of an account has written.
  using AskedWatcher = std::function<void(const AccountRuntime&, const Performed&)>;
  void on_asked(AskedWatcher watcher) { asked_watchers_.push_back(std::move(watcher)); }
  void tell_asked(const AccountRuntime& account, const Performed& performed) const;

  /// For what works beside the cycles: called when stop() is, so that it ends its work on accounts.
  void on_stop(std::function<void()> watcher) { stop_watchers_.push_back(std::move(watcher)); }

  /// Called when a reload begins (true) and when it has ended (false), for the service manager.
  void on_reload(std::function<void(bool begins)> watcher) { on_reload_ = std::move(watcher); }

 private:
  using Workers = std::vector<std::shared_ptr<Worker>>;

  [[nodiscard]] std::shared_ptr<Worker> worker_of(std::string_view account) const;
  std::shared_ptr<Worker> take_worker(const AccountId& account);
  std::shared_ptr<Worker> make_worker(std::shared_ptr<AccountRuntime> account);
  void start(const Workers& workers);
  Result<Accounts> read_configuration();
  void take_over(Accounts accounts);
  void tell_cycle(const AccountRuntime& account, const CycleEnd& end);
  boost::asio::awaitable<void> reload_while_asked();
  boost::asio::awaitable<void> wait_for_signals();

  DaemonParts parts_;
  Workers workers_;
  std::map<AccountId, std::shared_ptr<FairGate>> gates_;  // one an account, whoever works on it
  Supervisor loops_;
  Supervisor signals_;
  std::vector<Watcher> watchers_;
  std::vector<AskedWatcher> asked_watchers_;
  std::vector<std::function<void()>> stop_watchers_;
  std::function<void(bool)> on_reload_;
  std::optional<RefusedReload> refused_;
  bool is_reload_asked_ = false;
  bool is_reloading_ = false;  // reload_while_asked() is under way
  bool is_stopping_ = false;
  bool has_failed_ = false;
};

}  // namespace authzd
