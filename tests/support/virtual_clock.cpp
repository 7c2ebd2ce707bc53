// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/support/virtual_clock.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace authzd::test {

namespace {

constexpr int kTurns = 8;

/// A sleeper is in the list; a cancelled sleep is not.
class Sleeper {
 public:
  Sleeper(std::vector<Timestamp>& asleep, Timestamp due) : asleep_(asleep), due_(due) {
    asleep_.push_back(due);
  }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;
  ~Sleeper() { asleep_.erase(std::ranges::find(asleep_, due_)); }

  [[nodiscard]] bool is_first() const { return due_ == *std::ranges::min_element(asleep_); }

 private:
  std::vector<Timestamp>& asleep_;
  Timestamp due_;
};

}  // namespace

VirtualClock::VirtualClock(Timestamp start) : start_(start), now_(start) {}

std::chrono::steady_clock::time_point VirtualClock::ticks() const {
  return std::chrono::steady_clock::time_point{now_ - start_};
}

boost::asio::awaitable<void> VirtualClock::sleep(std::chrono::milliseconds duration) {
  sleeps_.push_back(duration);
  const Timestamp due = now_ + std::max(duration, std::chrono::milliseconds{0});
  const Sleeper self(asleep_, due);
  const auto executor = co_await boost::asio::this_coro::executor;
  const auto state = co_await boost::asio::this_coro::cancellation_state;
  const auto is_cut_short = [&state] {
    return state.cancelled() != boost::asio::cancellation_type::none;
  };
  // As Clock specifies, a cancelled sleep returns, and the next operation of its caller unwinds.
  const bool throws = co_await boost::asio::this_coro::throw_if_cancelled();
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  // Yields to everything else that is ready, more often than needed to start a coroutine and to see
  // its end; then the sleeper that is due first wakes first.
  for (int turns = 0; turns < kTurns && !is_cut_short(); turns = self.is_first() ? turns + 1 : 0) {
    co_await boost::asio::post(executor, boost::asio::use_awaitable);
  }
  co_await boost::asio::this_coro::throw_if_cancelled(throws);
  if (!is_cut_short()) now_ = std::max(now_, due);
}

double SeededRandomness::next01() {
  return static_cast<double>(engine_() >> 11U) * 0x1.0p-53;
}

std::string SeededRandomness::hex(std::size_t digits) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < digits; ++i) text += kDigits[engine_() % kDigits.size()];
  return text;
}

}  // namespace authzd::test
