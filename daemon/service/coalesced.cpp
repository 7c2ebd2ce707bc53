// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/service/coalesced.hpp"

namespace authzd {

boost::asio::awaitable<void> Coalesced::run() {
  constexpr std::chrono::hours kUntilAsked{24};
  while (true) {
    if (!co_await asked_.wait(clock_, kUntilAsked)) continue;
    action_();
    co_await clock_.sleep(gap_);
  }
}

}  // namespace authzd
