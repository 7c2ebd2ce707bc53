// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A gate with a number of places: when there is none, callers wait, and enter in order of arrival.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <list>
#include <memory>

namespace authzd {

class FairGate {
  struct State;

 public:
  /// A place; freed when this ends. It may outlive the gate.
  class Pass {
   public:
    explicit Pass(std::shared_ptr<State> state) : state_(std::move(state)) {}
    Pass() = default;
    Pass(Pass&&) = default;
    Pass& operator=(Pass&& other) noexcept;
    ~Pass();

   private:
    std::shared_ptr<State> state_;
  };

  FairGate(boost::asio::any_io_executor executor, std::size_t places);

  /// Cancellation: leaves the queue and unwinds; a place that it just got goes to the next.
  boost::asio::awaitable<Pass> enter();

  [[nodiscard]] bool is_full() const;
  [[nodiscard]] std::size_t waiting() const;

 private:
  class Waiter;

  std::shared_ptr<State> state_;
};

}  // namespace authzd
