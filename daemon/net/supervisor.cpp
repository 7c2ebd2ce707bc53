// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/supervisor.hpp"

#include "daemon/net/async.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>

#include <exception>
#include <utility>
#include <vector>

namespace authzd {

namespace asio = boost::asio;

namespace {

struct Task {
  std::string name;
  asio::cancellation_signal cancel;
};

using Tasks = std::list<std::shared_ptr<Task>>;

std::string text_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an unknown exception";
  }
}

}  // namespace

Error fault_of(const std::exception_ptr& thrown) {
  return {ErrorCode::internal, "an internal error, which is a bug of authzd: " + text_of(thrown)};
}

struct Supervisor::State {
  State(asio::any_io_executor the_executor, Log the_log, std::function<void()> the_on_failure)
      : executor(the_executor),
        log(std::move(the_log)),
        on_failure(std::move(the_on_failure)),
        empty(the_executor, asio::steady_timer::time_point::max()) {}

  void stop() {
    const std::vector<std::shared_ptr<Task>> newest_first(tasks.rbegin(), tasks.rend());
    for (const auto& task : newest_first) task->cancel.emit(asio::cancellation_type::terminal);
  }

  void on_end(Tasks::iterator task, const std::exception_ptr& thrown) {
    const auto name = (*task)->name;
    tasks.erase(task);
    if (tasks.empty()) empty.cancel();
    if (!thrown || is_cancellation(thrown)) return;
    failed = true;
    log.error("task failed unexpectedly", {{"task", name}, {"error", text_of(thrown)}});
    if (on_failure) {
      on_failure();
    } else {
      stop();
    }
  }

  asio::any_io_executor executor;
  Log log;
  std::function<void()> on_failure;
  asio::steady_timer empty;
  Tasks tasks;
  bool failed = false;
};

Supervisor::Supervisor(asio::any_io_executor executor, Log log, std::function<void()> on_failure)
    : state_(std::make_shared<State>(std::move(executor), std::move(log), std::move(on_failure))) {}

Supervisor::~Supervisor() {
  state_->stop();
}

void Supervisor::start(std::string name, asio::awaitable<void> task) {
  auto entry = std::make_shared<Task>();
  entry->name = std::move(name);
  const auto place = state_->tasks.insert(state_->tasks.end(), entry);
  // The handler refers to the task, too: its signal must outlive the operation that uses it.
  auto on_end = [state = state_, entry, place](const std::exception_ptr& thrown) {
    state->on_end(place, thrown);
  };
  asio::co_spawn(state_->executor,
                 std::move(task),
                 asio::bind_cancellation_slot(entry->cancel.slot(), std::move(on_end)));
}

void Supervisor::stop() {
  state_->stop();
}

asio::awaitable<void> Supervisor::drained() {
  const auto state = state_;
  while (!state->tasks.empty()) co_await state->empty.async_wait(kTuple);
}

bool Supervisor::failed() const {
  return state_->failed;
}
std::size_t Supervisor::running() const {
  return state_->tasks.size();
}

}  // namespace authzd
