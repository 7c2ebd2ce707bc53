// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/deadline.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <exception>
#include <memory>

namespace authzd::deadline_detail {

namespace asio = boost::asio;

namespace {

/// Shared by the two coroutines, so that neither has a dangling reference if the loop is abandoned.
struct Operation {
  Operation(const asio::any_io_executor& executor, asio::steady_timer::time_point limit)
      : alarm(executor, limit) {}

  asio::cancellation_signal cancel;
  asio::steady_timer alarm;  // rings at the limit or stop, at the operation's end, if cancelled
  bool ended = false;
  bool is_left = false;       // it was cancelled, and its end is awaited
  bool is_limit_new = false;  // the alarm was interrupted to be set again
  std::exception_ptr thrown;
};

/// Cancels as often as the caller is cancelled: an operation may take the first one as "soon".
asio::awaitable<void> let_go(std::shared_ptr<Operation> operation) {
  operation->is_left = true;
  operation->alarm.expires_at(asio::steady_timer::time_point::max());
  while (!operation->ended) {
    operation->cancel.emit(asio::cancellation_type::terminal);
    co_await operation->alarm.async_wait(kTuple);
  }
}

/// Returns at its end, at its limit, or when the waiter is cancelled. A stop may shorten the limit
/// meanwhile.
asio::awaitable<void> wait_for(std::shared_ptr<Operation> operation) {
  do {
    operation->is_limit_new = false;
    co_await operation->alarm.async_wait(kTuple);
  } while (operation->is_limit_new && !operation->ended);
}

asio::awaitable<bool> ends_before(asio::awaitable<void> task,
                                  asio::steady_timer::time_point limit,
                                  std::stop_token stop,
                                  std::chrono::milliseconds grace) {
  if (stop.stop_requested() && grace.count() == 0) co_return false;
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const bool throws = co_await asio::this_coro::throw_if_cancelled();
  const auto operation = std::make_shared<Operation>(executor, limit);
  const std::stop_callback on_stop(std::move(stop), [operation, limit, grace] {
    if (operation->ended || operation->is_left) return;
    operation->is_limit_new = true;
    operation->alarm.expires_at(std::min(limit, asio::steady_timer::clock_type::now() + grace));
  });
  const auto on_end = [operation](const std::exception_ptr& thrown) {
    operation->ended = true;
    operation->thrown = thrown;
    operation->alarm.cancel();
  };
  asio::co_spawn(
      executor, std::move(task), asio::bind_cancellation_slot(operation->cancel.slot(), on_end));

  // A cancellation must not unwind the caller while the operation may still refer to its objects.
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await wait_for(operation);
  const bool in_time = operation->ended;
  co_await let_go(operation);
  co_await asio::this_coro::throw_if_cancelled(throws);

  const auto cancellation = co_await asio::this_coro::cancellation_state;
  const bool was_told_to_end = !in_time && is_cancellation(operation->thrown);
  if (operation->thrown && !was_told_to_end) std::rethrow_exception(operation->thrown);
  if (cancellation.cancelled() != asio::cancellation_type::none) throw_cancelled();
  co_return in_time;
}

}  // namespace

asio::awaitable<bool> ends_within(asio::awaitable<void> task, std::chrono::milliseconds limit) {
  const auto at = asio::steady_timer::clock_type::now() + limit;
  co_return co_await ends_before(std::move(task), at, {}, {});
}

asio::awaitable<bool> ends_before(asio::awaitable<void> task,
                                  std::stop_token stop,
                                  std::chrono::milliseconds grace) {
  const auto never = asio::steady_timer::time_point::max();
  co_return co_await ends_before(std::move(task), never, std::move(stop), grace);
}

asio::awaitable<void> run_shielded(asio::awaitable<void> operation) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  auto token = asio::bind_cancellation_slot(asio::cancellation_slot{}, asio::use_awaitable);
  co_await asio::co_spawn(executor, std::move(operation), std::move(token));
}

}  // namespace authzd::deadline_detail
