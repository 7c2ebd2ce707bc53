// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/service/cycle_wait.hpp"

#include <utility>

namespace authzd {

CycleWait::CycleWait(const boost::asio::any_io_executor& executor)
    : told_(executor, boost::asio::steady_timer::time_point::max()) {}

Async<std::shared_ptr<const CycleEnd>> CycleWait::end() {
  if (!is_over_) co_await told_.async_wait(kTuple);
  if (end_ == nullptr) {
    co_return Error{ErrorCode::not_found,
                    "no cycle begins any more: the account was removed, or the daemon stops"};
  }
  co_return end_;
}

void CycleWait::tell(std::shared_ptr<const CycleEnd> end) {
  is_over_ = true;
  end_ = std::move(end);
  told_.cancel();
}

}  // namespace authzd
