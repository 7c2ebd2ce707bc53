// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/service/stop_signals.hpp"

#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <utility>

namespace authzd {

struct StopSignals::State {
  State(const boost::asio::any_io_executor& executor, Log the_log)
      : signals(executor, SIGTERM, SIGINT), log(std::move(the_log)) {}

  boost::asio::signal_set signals;
  StopToken token;
  Log log;
};

StopSignals::StopSignals(const boost::asio::any_io_executor& executor, Log log)
    : state_(std::make_shared<State>(executor, std::move(log))) {
  state_->signals.async_wait([state = state_](const boost::system::error_code& failed, int) {
    if (failed) return;
    state->log.info("stopping after the writes under way; a second signal stops at once");
    state->token.request();
    state->signals.clear();  // so that the next one has its default effect
  });
}

StopSignals::~StopSignals() {
  state_->signals.clear();
  state_->signals.cancel();
}

const StopToken& StopSignals::token() const {
  return state_->token;
}

}  // namespace authzd
