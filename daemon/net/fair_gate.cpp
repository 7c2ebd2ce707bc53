// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/fair_gate.hpp"

#include "daemon/net/deadline.hpp"

#include <boost/asio/steady_timer.hpp>

#include <utility>

namespace authzd {

struct FairGate::State {
  State(boost::asio::any_io_executor the_executor, std::size_t places)
      : executor(std::move(the_executor)), free(places) {}

  boost::asio::any_io_executor executor;
  std::size_t free;
  std::list<Waiter*> queue;

  void give_back();
};

/// One waiter. Whenever it ends, it leaves neither a dangling entry nor a lost place.
class FairGate::Waiter {
 public:
  explicit Waiter(std::shared_ptr<State> state)
      : state_(std::move(state)),
        wake_(state_->executor, boost::asio::steady_timer::time_point::max()),
        place_(state_->queue.insert(state_->queue.end(), this)) {}
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() {
    if (!let_in_) state_->queue.erase(place_);
  }

  boost::asio::awaitable<void> wait() { co_await wake_.async_wait(kTuple); }

  /// The place is passed on at once, so that no later arrival can take it.
  void let_in() {
    let_in_ = true;
    pass_ = Pass(state_);
    wake_.cancel();
  }

  [[nodiscard]] bool is_in() const { return let_in_; }
  Pass take() { return std::move(pass_); }

 private:
  std::shared_ptr<State> state_;
  boost::asio::steady_timer wake_;
  std::list<Waiter*>::iterator place_;
  bool let_in_ = false;
  Pass pass_;
};

void FairGate::State::give_back() {
  if (queue.empty()) {
    ++free;
    return;
  }
  Waiter* next = queue.front();
  queue.pop_front();
  next->let_in();
}

FairGate::Pass::~Pass() {
  if (state_) state_->give_back();
}

FairGate::Pass& FairGate::Pass::operator=(Pass&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

FairGate::FairGate(boost::asio::any_io_executor executor, std::size_t places)
    : state_(std::make_shared<State>(std::move(executor), places)) {}

boost::asio::awaitable<FairGate::Pass> FairGate::enter() {
  if (state_->free > 0) {
    --state_->free;
    co_return Pass(state_);
  }
  Waiter self(state_);
  co_await self.wait();
  if (!self.is_in()) throw_cancelled();
  co_return self.take();
}

bool FairGate::is_full() const {
  return state_->free == 0;
}

std::size_t FairGate::waiting() const {
  return state_->queue.size();
}

}  // namespace authzd
