// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Runs what may block for ever beside the loop, as a read on a network file system does whose
// server is gone: one call at a time, each on a thread of its own. One that does not end in time is
// left to itself, as nothing can end it, and until it has ended no other is begun.
#pragma once

#include "daemon/net/async.hpp"
#include "daemon/net/fair_gate.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace authzd {

class Aside {
 public:
  Aside(boost::asio::any_io_executor executor, std::chrono::milliseconds limit);

  /// What `call` returns or throws. It must own all that it uses, as it may outlive the caller, and
  /// its result must share nothing with the loop. Errors: those of the call; timeout, also at once
  /// where an earlier call has not ended yet. Cancellation: leaves the call to itself and unwinds.
  template <class T>
  Async<T> run(std::function<Result<T>()> call, std::string doing) {
    const auto result = std::make_shared<std::optional<Result<T>>>();
    std::function<void()> task = [call = std::move(call), result] { result->emplace(call()); };
    auto ended = co_await perform(std::move(task), std::move(doing));
    if (!ended) co_return std::move(ended).error();
    co_return std::move(**result);
  }

 private:
  Async<void> perform(std::function<void()> task, std::string doing);

  boost::asio::any_io_executor executor_;
  std::chrono::milliseconds limit_;
  FairGate gate_;
  /// Calls that go on though nobody waits for them any more; shared with their threads.
  std::shared_ptr<std::atomic<std::size_t>> lost_;
  bool is_silent_ = false;  // a call has not ended in time, and has not ended since
};

}  // namespace authzd
