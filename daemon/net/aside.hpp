// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Runs calls that may block for ever outside of the loop, such as reads on a network file system
// whose server is gone: one at a time, each in its own thread. A call that does not end in time is
// abandoned, as nothing can end it, and no other one is begun until it has ended.
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

  /// Returns or throws what `call` does. It must own all that it uses, as it may outlive the
  /// caller, and its result must share nothing with the loop. Errors: those of the call; timeout,
  /// also at once if an earlier call is still running. Cancellation: abandons the call and unwinds.
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
  /// Running calls that were abandoned; shared with their threads.
  std::shared_ptr<std::atomic<std::size_t>> lost_;
  bool is_silent_ = false;  // a call did not end in time, and is still running
};

}  // namespace authzd
