// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/service.hpp"

#include <boost/asio/signal_set.hpp>

#include <algorithm>
#include <csignal>
#include <utility>

namespace authzd {

namespace {

constexpr std::size_t kRunIdDigits = 12;

bool is_named(const AccountRuntime& account, std::string_view name) {
  return account.spec().name == name || account.spec().id.value == name;
}

}  // namespace

/// One account's loop. A reload puts `next` in the place of `account` between two cycles.
struct Service::Worker {
  explicit Worker(std::shared_ptr<AccountRuntime> the_account) : account(std::move(the_account)) {}

  std::shared_ptr<AccountRuntime> account;
  std::shared_ptr<AccountRuntime> next = {};
  Alarm alarm = {};
  StopToken stop = {};
  std::vector<std::weak_ptr<CycleWait>> waiting = {};  // for the cycle that begins next

  void end() {
    stop.request();
    alarm.ring();
    tell(std::exchange(waiting, {}), nullptr);
  }

  static void tell(const std::vector<std::weak_ptr<CycleWait>>& waiting,
                   const std::shared_ptr<const CycleEnd>& end) {
    for (const auto& each : waiting) {
      if (const auto wait = each.lock()) wait->tell(end);
    }
  }

  void change_over() {
    if (next == nullptr) return;
    next->inherit(*account);
    account = std::exchange(next, nullptr);
  }
};

Service::Service(ServiceParts parts, Accounts accounts)
    : parts_(std::move(parts)),
      loops_(parts_.executor, parts_.log, [this] { stop(); }),
      signals_(parts_.executor, parts_.log) {
  for (auto& account : accounts) workers_.push_back(make_worker(std::move(account)));
}

Service::~Service() = default;

boost::asio::awaitable<void> Service::run() {
  for (const auto& worker : workers_) start(worker);
  signals_.start("signals", wait_for_signals());
  co_await loops_.drained();
  signals_.stop();
  co_await signals_.drained();
}

void Service::poke() {
  for (const auto& worker : workers_) worker->alarm.ring();
}

bool Service::poke(std::string_view account) {
  const auto worker = worker_of(account);
  if (worker != nullptr) worker->alarm.ring();
  return worker != nullptr;
}

std::shared_ptr<CycleWait> Service::ask_for_cycle(std::string_view account) {
  const auto worker = worker_of(account);
  if (worker == nullptr) return nullptr;
  auto wait = std::make_shared<CycleWait>(parts_.executor);
  if (worker->stop.is_requested()) wait->tell(nullptr);
  worker->waiting.push_back(wait);
  worker->alarm.ring();
  return wait;
}

void Service::tell_asked(const AccountRuntime& account, const Performed& performed) const {
  for (const AskedWatcher& watcher : asked_watchers_) watcher(account, performed);
}

void Service::stop() {
  stop_.request();
  for (const auto& watcher : stop_watchers_) watcher();
  for (const auto& worker : workers_) worker->end();
}

Accounts Service::accounts() const {
  Accounts accounts;
  for (const auto& worker : workers_) accounts.push_back(worker->account);
  std::ranges::sort(accounts, {}, [](const auto& account) { return account->spec().name; });
  return accounts;
}

std::shared_ptr<AccountRuntime> Service::find(std::string_view account) const {
  const auto worker = worker_of(account);
  return worker == nullptr ? nullptr : worker->account;
}

std::shared_ptr<Service::Worker> Service::worker_of(std::string_view account) const {
  const auto found = std::ranges::find_if(
      workers_, [account](const auto& worker) { return is_named(*worker->account, account); });
  return found == workers_.end() ? nullptr : *found;
}

bool Service::is_ready() const {
  return std::ranges::all_of(
      workers_, [](const auto& worker) { return worker->account->status().last_run.has_value(); });
}

Result<void> Service::reload() {
  if (!parts_.reload) return {};
  if (on_reload_) on_reload_(true);
  auto accounts = parts_.reload();
  Result<void> done;
  if (accounts) {
    refused_.reset();
    take_over(std::move(*accounts));
  } else {
    refused_ = {parts_.clock.now(), to_string(accounts.error())};
    done =
        std::move(accounts).error().context("the configuration is refused, and the old one stays");
  }
  if (on_reload_) on_reload_(false);
  return done;
}

void Service::take_over(Accounts accounts) {
  std::vector<std::shared_ptr<Worker>> kept;
  for (auto& account : accounts) {
    const auto same_id = [&account](const auto& worker) {
      return worker->account->spec().id == account->spec().id;
    };
    const auto found = std::ranges::find_if(workers_, same_id);
    if (found == workers_.end()) {
      parts_.log.info("an account was added", {{"account", account->spec().name}});
      kept.push_back(make_worker(std::move(account)));
      start(kept.back());
      continue;
    }
    if ((*found)->account->fingerprint() != account->fingerprint()) {
      account->take_turns_at(gates_[account->spec().id]);
      (*found)->next = std::move(account);
    }
    kept.push_back(*found);
    workers_.erase(found);
  }
  for (const auto& worker : workers_) {
    parts_.log.info("an account was removed", {{"account", worker->account->spec().name}});
    worker->end();
  }
  workers_ = std::move(kept);
}

std::shared_ptr<Service::Worker> Service::make_worker(std::shared_ptr<AccountRuntime> account) {
  auto& gate = gates_[account->spec().id];
  if (gate == nullptr) gate = std::make_shared<FairGate>(parts_.executor, 1);
  account->take_turns_at(gate);
  return std::make_shared<Worker>(std::move(account));
}

void Service::start(const std::shared_ptr<Worker>& worker) {
  loops_.start("account " + worker->account->spec().name, reconcile(worker));
}

boost::asio::awaitable<void> Service::reconcile(std::shared_ptr<Worker> worker) {
  while (!worker->stop.is_requested()) {
    worker->change_over();
    // A name of its own: a reload may change worker->account while the cycle runs.
    const std::shared_ptr<AccountRuntime> account = worker->account;
    auto began = parts_.clock.ticks();
    {
      const auto turn = co_await account->turn();
      if (worker->stop.is_requested()) co_return;
      began = parts_.clock.ticks();  // a command may have held the turn for long
      const auto waiting = std::exchange(worker->waiting, {});
      CycleEnd ended =
          co_await run_cycle(*account, parts_.randomness.hex(kRunIdDigits), worker->stop);
      if (is_stopped(ended)) {
        Worker::tell(waiting, nullptr);
        co_return;
      }
      const auto end = std::make_shared<const CycleEnd>(std::move(ended));
      for (const Watcher& watcher : watchers_) watcher(*account, *end);
      Worker::tell(waiting, end);
    }
    if (!worker->stop.is_requested()) co_await wait_for_next(*worker, began);
  }
}

boost::asio::awaitable<void> Service::wait_for_next(Worker& worker,
                                                    std::chrono::steady_clock::time_point began) {
  Clock& clock = parts_.clock;
  const Schedule& schedule = worker.account->schedule();
  const auto since_start = [&clock, began] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(clock.ticks() - began);
  };
  const auto wait = regular_wait(schedule, since_start(), parts_.randomness.next01());
  worker.account->expect_cycle(clock.now() + wait);
  if (!co_await worker.alarm.wait(clock, wait)) co_return;
  // Further pokes within the gap belong to the cycle that this one starts.
  while (!worker.stop.is_requested()) {
    const auto gap = poked_wait(schedule, since_start());
    if (gap.count() <= 0) co_return;
    worker.account->expect_cycle(clock.now() + gap);
    co_await worker.alarm.wait(clock, gap);
  }
}

boost::asio::awaitable<void> Service::wait_for_signals() {
  boost::asio::signal_set signals(parts_.executor, SIGTERM, SIGINT, SIGHUP);
  bool stopping = false;
  while (true) {
    const auto [ec, number] = co_await signals.async_wait(kTuple);
    if (ec) co_return;
    if (number == SIGHUP) {
      parts_.log.info("SIGHUP: reading the configuration and starting a cycle");
      if (auto reloaded = reload(); !reloaded) {
        parts_.log.error("reload failed", {{"error", to_string(reloaded.error())}});
      }
      poke();
    } else if (!stopping) {
      parts_.log.info("stopping after the writes under way; a second signal stops at once");
      stopping = true;
      stop();
    } else {
      loops_.stop();
    }
  }
}

}  // namespace authzd
