// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/app/fleet_watch.hpp"

#include "daemon/net/async.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <memory>
#include <tuple>
#include <utility>

namespace authzd {

namespace {

class LookOfWatch final : public FleetLook {
 public:
  explicit LookOfWatch(FleetWatch& watch) : watch_(watch) {}
  boost::asio::awaitable<void> look() override { return watch_.look_again(); }

 private:
  FleetWatch& watch_;
};

}  // namespace

FleetWatch::FleetWatch(const boost::asio::any_io_executor& executor,
                       Clock& clock,
                       Log log,
                       FleetBook& book)
    : clock_(clock),
      log_(std::move(log)),
      book_(book),
      in_force_(book.version()),
      look_ended_(executor, boost::asio::steady_timer::time_point::max()) {
  book_.look_by(std::make_shared<LookOfWatch>(*this));
}

void FleetWatch::follow(const Setup& setup) {
  fleet_ = setup.fleet;
  source_ = setup.opened_source;
  if (!fleet_.empty()) interval_ = fleet_.front().common.schedule.interval;
  alarm_.ring();
}

bool FleetWatch::is_followed(const Setup& setup) const {
  const auto is_same = [](const FleetPart& a, const FleetPart& b) {
    return a.file == b.file && a.profile == b.profile;
  };
  return setup.opened_source == source_ && std::ranges::equal(setup.fleet, fleet_, is_same);
}

boost::asio::awaitable<void> FleetWatch::run(Daemon& daemon) {
  while (true) {
    co_await alarm_.wait(clock_, interval_);
    ++begun_;
    if (!fleet_.empty()) co_await look(daemon);
    ended_ = begun_;
    look_ended_.cancel();
  }
}

boost::asio::awaitable<void> FleetWatch::look_again() {
  const std::uint64_t wanted = begun_ + 1;
  while (ended_ < wanted) {
    alarm_.ring();
    std::ignore = co_await look_ended_.async_wait(kTuple);
    const auto cancelled = co_await boost::asio::this_coro::cancellation_state;
    if (cancelled.cancelled() != boost::asio::cancellation_type::none) co_return;
  }
}

boost::asio::awaitable<void> FleetWatch::look(Daemon& daemon) {
  // Copies: a reload may name others meanwhile.
  const std::vector<FleetPart> fleet = fleet_;
  const std::shared_ptr<Source> source = source_;
  const auto look = co_await book_.look(fleet, source, clock_.now());
  if (!look) {
    log_.error("the accounts of the fleet cannot be read", {{"error", to_string(look.error())}});
    co_return;
  }
  tell(*look);
  if (look->has_changed) {
    log_.info("the accounts of the fleet have changed: reading the configuration again");
  }
  // Also if an earlier reload was refused: the configuration may be right again.
  if (book_.version() != in_force_) {
    daemon.ask_for_reload();
  } else if (look->has_new_revision) {
    daemon.poke();
  }
}

/// What persists is said once.
void FleetWatch::tell(const FleetBook::Look& look) {
  std::set<std::string> now;
  for (const Diagnostic& diagnostic : look.diagnostics) now.insert(one_line(diagnostic));
  for (const auto* errors : {&look.failures, &look.delays}) {
    for (const Error& error : *errors) now.insert(to_string(error));
  }
  for (const std::string& text : now) {
    if (!told_.contains(text)) {
      log_.warning("accounts of the fleet cannot be read; those that are known stay as they were",
                   {{"error", text}});
    }
  }
  told_ = std::move(now);
}

}  // namespace authzd
