// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The daemon runs every account in its own loop, none waiting for another, until it is asked to
// stop. It owns the list of accounts, and knows whether anything in the process has failed.
#pragma once

#include "daemon/cycle/account_runtime.hpp"
#include "daemon/cycle/run_cycle.hpp"
#include "daemon/net/supervisor.hpp"
#include "daemon/service/cycle_wait.hpp"
#include "daemon/service/rollout_keeper.hpp"
#include "daemon/service/worker.hpp"
#include "daemon/status/daemon_status.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace authzd {

/// Each may also be in use elsewhere: by a command at the admin socket.
using Accounts = std::vector<std::shared_ptr<AccountRuntime>>;

/// The accounts of a configuration that was read. To open one takes time, and there may be
/// thousands.
struct AccountsToOpen {
  std::size_t count = 0;
  std::function<Result<std::shared_ptr<AccountRuntime>>(std::size_t)> open = {};  // by number
  std::function<void()> done = {};  // called when all are open; may be empty
};

struct DaemonParts {
  boost::asio::any_io_executor executor;
  Clock& clock;
  Randomness& randomness;
  Log log;
  /// Reads the configuration again; null: SIGHUP only pokes. If it fails, or an account cannot be
  /// opened, the old accounts remain.
  std::function<Result<AccountsToOpen>()> reload = {};
  std::shared_ptr<RolloutKeeper> rollout = {};  // null: there is no state to keep it in
};

class Daemon {
 public:
  /// All arguments must outlive this.
  Daemon(DaemonParts parts, Accounts accounts);
  ~Daemon();

  /// Runs until stop(). The first cycles of many accounts begin one after the other. SIGTERM and
  /// SIGINT stop between two writes (a second one at once); SIGHUP is ask_for_reload().
  boost::asio::awaitable<void> run();

  /// Starts a cycle, of every account or of the one with that name or id, as soon as the gap
  /// between two cycles allows; a running one is followed by another. False: no such account.
  void poke();
  bool poke(std::string_view account);

  /// Pokes the account with that name or id, and lets the caller wait for a cycle that begins from
  /// now on; a wait that nobody holds is dropped. Null: no such account.
  std::shared_ptr<CycleWait> ask_for_cycle(std::string_view account);

  /// Applies the current configuration. Accounts that it no longer has end after their running
  /// writes, and new ones start. A changed account begins no more writes under its old
  /// configuration: a running cycle ends between two writes, and one under the newest follows. An
  /// unusable configuration changes nothing. Errors: those of DaemonParts::reload; internal if that
  /// throws; cancelled once stop() was called. Others wait until it is done: see ask_for_reload().
  Result<void> reload();

  /// Reloads, letting others in between two accounts, and pokes; at once or, if the last reload was
  /// less than a second ago, after that second: however often this is called, the last call is
  /// followed by a reload.
  void ask_for_reload();

  /// The last reload, if it was refused.
  [[nodiscard]] const std::optional<RefusedReload>& refused_reload() const { return refused_; }

  /// Ends after the running writes. A repeated call does nothing.
  void stop();

  /// An account had an internal error, or a task of the daemon ended with one: the process must not
  /// exit as successful.
  [[nodiscard]] bool has_failed() const;

  /// For tasks other than the accounts' after an internal error: the daemon fails and stops.
  void fail();

  /// May be null; without waves it does nothing.
  [[nodiscard]] RolloutKeeper* rollout() const { return parts_.rollout.get(); }

  /// The current accounts, by name. To work on one, take its turn (AccountRuntime::turn).
  [[nodiscard]] Accounts accounts() const;

  /// By name or id; null: there is none.
  [[nodiscard]] std::shared_ptr<AccountRuntime> find(std::string_view account) const;

  /// How the account's last cycle ended; null: none has, or there is no such account.
  [[nodiscard]] std::shared_ptr<const CycleEnd> last_end(std::string_view account) const;

  /// Every account's first cycle has ended, successfully or not.
  [[nodiscard]] bool is_ready() const;

  /// Called after each cycle, in the order in which they were added.
  using Watcher = std::function<void(const AccountRuntime&, const CycleEnd&)>;
  void on_cycle(Watcher watcher) { watchers_.push_back(std::move(watcher)); }

  /// Called after a person's apply, undo or release of an account has written. A cycle follows, so
  /// that what is shown of the account does not stay as it was before.
  using AskedWatcher = std::function<void(const AccountRuntime&, const Performed&)>;
  void on_asked(AskedWatcher watcher) { asked_watchers_.push_back(std::move(watcher)); }
  void tell_asked(const AccountRuntime& account, const Performed& performed);

  /// For tasks besides the cycles: called with stop(), so that they end their work on accounts.
  void on_stop(std::function<void()> watcher) { stop_watchers_.push_back(std::move(watcher)); }

  /// Called when a reload begins (true) and when it has ended (false), for the service manager.
  void on_reload(std::function<void(bool begins)> watcher) { on_reload_ = std::move(watcher); }

 private:
  using Workers = std::vector<std::shared_ptr<Worker>>;

  [[nodiscard]] std::shared_ptr<Worker> worker_of(std::string_view account) const;
  std::shared_ptr<Worker> take_worker(const AccountId& account);
  std::shared_ptr<Worker> make_worker(std::shared_ptr<AccountRuntime> account);
  void start(const Workers& workers);
  /// A reload that has begun.
  struct Reload {
    AccountsToOpen from = {};
    Accounts opened = {};
  };

  Result<Reload> begin_reload();
  Result<void> open_next(Reload& reload);
  Result<void> end_reload(Result<Reload> reload);
  boost::asio::awaitable<Result<void>> reload_in_slices();
  void take_over(Accounts accounts);
  void tell_cycle(const AccountRuntime& account, const CycleEnd& end);
  boost::asio::awaitable<void> reload_while_asked();
  boost::asio::awaitable<void> wait_for_signals();

  DaemonParts parts_;
  Workers workers_;
  std::map<AccountId, std::shared_ptr<FairGate>> gates_;  // one per account, for all who work on it
  Supervisor loops_;
  Supervisor signals_;
  std::vector<Watcher> watchers_;
  std::vector<AskedWatcher> asked_watchers_;
  std::vector<std::function<void()>> stop_watchers_;
  std::function<void(bool)> on_reload_;
  std::optional<RefusedReload> refused_;
  bool is_reload_asked_ = false;
  bool is_reloading_ = false;  // reload_while_asked() is running
  bool is_stopping_ = false;
  bool has_failed_ = false;
};

/// The time for what a person asks of all accounts: that of an account whose clock is certain.
TrustedTime time_of(const Daemon& daemon);

/// None: there are no waves. Errors: those of the state.
Result<std::optional<RolloutView>> rollout_view(const Daemon& daemon);

}  // namespace authzd
