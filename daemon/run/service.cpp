// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/service.hpp"

#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <utility>

namespace authzd {

namespace {

constexpr std::size_t kRunIdDigits = 12;

}  // namespace

Service::Service(ServiceParts parts, Accounts& accounts)
    : parts_(std::move(parts)),
      accounts_(accounts),
      loops_(parts_.executor, parts_.log, [this] { stop(); }),
      signals_(parts_.executor, parts_.log) {
  for (std::size_t i = 0; i < accounts_.size(); ++i) alarms_.push_back(std::make_unique<Alarm>());
}

boost::asio::awaitable<void> Service::run() {
  for (std::size_t i = 0; i < accounts_.size(); ++i) {
    loops_.start("account " + accounts_[i]->spec().name, reconcile(*accounts_[i], *alarms_[i]));
  }
  signals_.start("signals", wait_for_signals());
  co_await loops_.drained();
  signals_.stop();
  co_await signals_.drained();
}

void Service::poke() {
  for (const auto& alarm : alarms_) alarm->ring();
}

void Service::stop() {
  stop_.request();
  for (const auto& alarm : alarms_) alarm->ring();
}

boost::asio::awaitable<void> Service::reconcile(AccountRuntime& account, Alarm& alarm) {
  Clock& clock = parts_.clock;
  while (!stop_.is_requested()) {
    const auto began = clock.ticks();
    const CycleEnd end = co_await run_cycle(account, parts_.randomness.hex(kRunIdDigits), stop_);
    if (watcher_) watcher_(account, end);
    if (stop_.is_requested()) co_return;

    const auto since_start = [&clock, began] {
      return std::chrono::duration_cast<std::chrono::milliseconds>(clock.ticks() - began);
    };
    const auto wait = regular_wait(account.schedule(), since_start(), parts_.randomness.next01());
    if (!co_await alarm.wait(clock, wait) || stop_.is_requested()) continue;
    // Further pokes within the gap belong to the cycle that this one starts.
    while (!stop_.is_requested()) {
      const auto gap = poked_wait(account.schedule(), since_start());
      if (gap.count() <= 0) break;
      co_await alarm.wait(clock, gap);
    }
  }
}

boost::asio::awaitable<void> Service::wait_for_signals() {
  boost::asio::signal_set signals(parts_.executor, SIGTERM, SIGINT, SIGHUP);
  bool stopping = false;
  while (true) {
    const auto [ec, number] = co_await signals.async_wait(kTuple);
    if (ec) co_return;
    if (number == SIGHUP) {
      parts_.log.info("SIGHUP: starting a cycle");
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
