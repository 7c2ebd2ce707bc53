// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/service/daemon.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <exception>
#include <utility>

namespace authzd {

namespace {

// Each reload reads files and opens every account: many signals at once must not occupy the loop.
constexpr std::chrono::seconds kReloadGap(1);

constexpr std::chrono::milliseconds kReloadSlice(10);

bool is_named(const AccountRuntime& account, std::string_view name) {
  return account.spec().name == name || account.spec().id.value == name;
}

/// The worker exists as long as its loop runs, whether or not the account is still configured.
boost::asio::awaitable<void> run_loop(std::shared_ptr<Worker> worker) {
  co_await worker->run();
}

}  // namespace

Daemon::Daemon(DaemonParts parts, Accounts accounts)
    : parts_(std::move(parts)),
      loops_(parts_.executor, parts_.log, [this] { fail(); }),
      signals_(parts_.executor, parts_.log, [this] { fail(); }) {
  for (auto& account : accounts) workers_.push_back(make_worker(std::move(account)));
  if (parts_.rollout) {
    parts_.rollout->on_open([this](const AccountId& account) { poke(account.value); });
  }
}

Daemon::~Daemon() {
  if (parts_.rollout) parts_.rollout->on_open({});
}

boost::asio::awaitable<void> Daemon::run() {
  start(workers_);
  signals_.start("signals", wait_for_signals());
  co_await loops_.drained();
  signals_.stop();
  co_await signals_.drained();
}

void Daemon::poke() {
  for (const auto& worker : workers_) worker->poke();
}

bool Daemon::poke(std::string_view account) {
  const auto worker = worker_of(account);
  if (worker != nullptr) worker->poke();
  return worker != nullptr;
}

std::shared_ptr<CycleWait> Daemon::ask_for_cycle(std::string_view account) {
  const auto worker = worker_of(account);
  return worker == nullptr ? nullptr : worker->ask_for_cycle();
}

void Daemon::tell_asked(const AccountRuntime& account, const Performed& performed) {
  for (const AskedWatcher& watcher : asked_watchers_) watcher(account, performed);
  poke(account.spec().id.value);
}

void Daemon::stop() {
  if (std::exchange(is_stopping_, true)) return;
  for (const auto& watcher : stop_watchers_) watcher();
  for (const auto& worker : workers_) worker->end();
}

void Daemon::fail() {
  has_failed_ = true;
  stop();
}

bool Daemon::has_failed() const {
  return has_failed_ || loops_.failed() || signals_.failed();
}

Accounts Daemon::accounts() const {
  Accounts accounts;
  for (const auto& worker : workers_) accounts.push_back(worker->desired());
  std::ranges::sort(accounts, {}, [](const auto& account) { return account->spec().name; });
  return accounts;
}

std::shared_ptr<AccountRuntime> Daemon::find(std::string_view account) const {
  const auto worker = worker_of(account);
  return worker == nullptr ? nullptr : worker->desired();
}

std::shared_ptr<const CycleEnd> Daemon::last_end(std::string_view account) const {
  const auto worker = worker_of(account);
  return worker == nullptr ? nullptr : worker->last_end();
}

std::shared_ptr<Worker> Daemon::worker_of(std::string_view account) const {
  const auto found = std::ranges::find_if(
      workers_, [account](const auto& worker) { return is_named(*worker->desired(), account); });
  return found == workers_.end() ? nullptr : *found;
}

TrustedTime time_of(const Daemon& daemon) {
  const Accounts accounts = daemon.accounts();
  for (const auto& account : accounts) {
    if (account->time().is_trusted()) return account->time();
  }
  return accounts.empty() ? TrustedTime{} : accounts.front()->time();
}

Result<std::optional<RolloutView>> rollout_view(const Daemon& daemon) {
  if (daemon.rollout() == nullptr) return std::optional<RolloutView>();
  return daemon.rollout()->view(time_of(daemon));
}

bool Daemon::is_ready() const {
  return std::ranges::all_of(workers_, [](const auto& worker) {
    return worker->desired()->status().last_run.has_value();
  });
}

Result<void> Daemon::reload() {
  if (!parts_.reload) return {};
  auto reload = begin_reload();
  while (reload && reload->opened.size() < reload->from.count) {
    if (auto opened = open_next(*reload); !opened) reload = std::move(opened).error();
  }
  return end_reload(std::move(reload));
}

/// As reload(): at most kReloadSlice without letting others run.
boost::asio::awaitable<Result<void>> Daemon::reload_in_slices() {
  if (!parts_.reload) co_return Result<void>{};
  auto reload = begin_reload();
  auto until = parts_.clock.ticks();
  while (reload && reload->opened.size() < reload->from.count) {
    if (parts_.clock.ticks() >= until) {
      co_await boost::asio::post(boost::asio::use_awaitable);
      until = parts_.clock.ticks() + kReloadSlice;
    }
    if (auto opened = open_next(*reload); !opened) reload = std::move(opened).error();
  }
  co_await boost::asio::post(boost::asio::use_awaitable);
  co_return end_reload(std::move(reload));
}

namespace {

/// What the function returns; an exception becomes an error.
template <class T>
Result<T> contained(bool& has_failed, const std::function<Result<T>()>& function) {
  try {
    return function();
  } catch (...) {
    has_failed = true;
    return fault_of(std::current_exception());
  }
}

Error stopping() {
  return {ErrorCode::cancelled, "the daemon stops: nothing is reloaded"};
}

}  // namespace

Result<Daemon::Reload> Daemon::begin_reload() {
  if (is_stopping_) return stopping();
  if (on_reload_) on_reload_(true);
  auto from = contained<AccountsToOpen>(has_failed_, parts_.reload);
  if (!from) return std::move(from).error();
  return Reload{std::move(*from), {}};
}

Result<void> Daemon::open_next(Reload& reload) {
  if (is_stopping_) return stopping();
  auto account = contained<std::shared_ptr<AccountRuntime>>(
      has_failed_, [&] { return reload.from.open(reload.opened.size()); });
  if (!account) return std::move(account).error();
  reload.opened.push_back(std::move(*account));
  return {};
}

Result<void> Daemon::end_reload(Result<Reload> reload) {
  if (is_stopping_) return stopping();
  Result<void> done;
  if (reload) {
    refused_.reset();
    if (reload->from.done) reload->from.done();
    take_over(std::move(reload->opened));
  } else {
    refused_ = {parts_.clock.now(), to_string(reload.error())};
    done = std::move(reload).error().context("the configuration is refused, and the old one stays");
  }
  if (on_reload_) on_reload_(false);
  return done;
}

void Daemon::take_over(Accounts accounts) {
  Workers kept;
  Workers added;
  for (auto& account : accounts) {
    auto worker = take_worker(account->spec().id);
    if (worker == nullptr) {
      parts_.log.info("an account was added", {{"account", account->spec().name}});
      worker = make_worker(std::move(account));
      added.push_back(worker);
    } else if (worker->desired()->fingerprint() != account->fingerprint()) {
      worker->follow(std::move(account));
    }
    kept.push_back(std::move(worker));
  }
  for (const auto& worker : workers_) {
    parts_.log.info("an account was removed", {{"account", worker->desired()->spec().name}});
    worker->end();
  }
  workers_ = std::move(kept);
  start(added);
}

/// Removes it from the list; null: the account is not in it.
std::shared_ptr<Worker> Daemon::take_worker(const AccountId& account) {
  const auto found = std::ranges::find_if(
      workers_, [&account](const auto& worker) { return worker->desired()->spec().id == account; });
  if (found == workers_.end()) return nullptr;
  auto worker = std::move(*found);
  workers_.erase(found);
  return worker;
}

std::shared_ptr<Worker> Daemon::make_worker(std::shared_ptr<AccountRuntime> account) {
  auto& gate = gates_[account->spec().id];
  if (gate == nullptr) gate = std::make_shared<FairGate>(parts_.executor, 1);
  account->take_turns_at(gate);
  const auto on_cycle = [this](const AccountRuntime& which, const CycleEnd& end) {
    tell_cycle(which, end);
  };
  return std::make_shared<Worker>(
      std::move(account), WorkerSeams{parts_.executor, parts_.clock, parts_.randomness, on_cycle});
}

/// One after the other, so that a fleet neither requests all its tokens at once nor parses all its
/// manifests before anything else can run.
void Daemon::start(const Workers& workers) {
  for (std::size_t place = 0; place < workers.size(); ++place) {
    const auto& worker = workers[place];
    const double random01 = place > 0 ? parts_.randomness.next01() : 0;
    worker->start_after(first_wait(worker->desired()->schedule(), place, workers.size(), random01));
    loops_.start("account " + worker->desired()->spec().name, run_loop(worker));
  }
}

/// An exception in a watcher affects neither the other watchers nor the account.
void Daemon::tell_cycle(const AccountRuntime& account, const CycleEnd& end) {
  if (end.error && end.error->code == ErrorCode::internal) has_failed_ = true;
  for (const Watcher& watcher : watchers_) {
    try {
      watcher(account, end);
    } catch (...) {
      has_failed_ = true;
      account.log().error("telling of the cycle failed",
                          {{"error", to_string(fault_of(std::current_exception()))}});
    }
  }
}

void Daemon::ask_for_reload() {
  is_reload_asked_ = true;
  if (std::exchange(is_reloading_, true)) return;
  signals_.start("reload", reload_while_asked());
}

boost::asio::awaitable<void> Daemon::reload_while_asked() {
  while (std::exchange(is_reload_asked_, false) && !is_stopping_) {
    parts_.log.info("reading the configuration and starting a cycle");
    const auto reloaded = co_await reload_in_slices();
    if (!reloaded) {
      parts_.log.error("reload failed", {{"error", to_string(reloaded.error())}});
    }
    poke();
    co_await parts_.clock.sleep(kReloadGap);
  }
  is_reloading_ = false;
}

boost::asio::awaitable<void> Daemon::wait_for_signals() {
  boost::asio::signal_set signals(parts_.executor, SIGTERM, SIGINT, SIGHUP);
  while (true) {
    const auto [ec, number] = co_await signals.async_wait(kTuple);
    if (ec == boost::asio::error::operation_aborted) co_return;
    if (ec) throw boost::system::system_error(ec);  // without signals nothing could stop it
    if (number == SIGHUP) {
      ask_for_reload();
    } else if (!is_stopping_) {
      parts_.log.info("stopping after the writes under way; a second signal stops at once");
      stop();
    } else {
      loops_.stop();
    }
  }
}

}  // namespace authzd
