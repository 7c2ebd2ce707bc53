// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/aside.hpp"

#include "daemon/net/deadline.hpp"
#include "daemon/net/process_limits.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <array>
#include <cerrno>
#include <exception>
#include <fcntl.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace authzd {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kMostLost = 8;  // abandoned by their callers; they may still end

enum class Stage { under_way, ended, lost };

/// Shared by the loop and the thread. At the end of the pipe, the loop owns all but `stage` again.
struct Call {
  std::function<void()> task;
  std::exception_ptr thrown = {};
  std::atomic<Stage> stage = Stage::under_way;
};

/// Runs in the thread. It closes `pipe`, its end of the pipe: that ends the wait.
void work(const std::shared_ptr<Call>& call,
          int pipe,
          const std::shared_ptr<std::atomic<std::size_t>>& lost) {
  try {
    call->task();
  } catch (...) {
    call->thrown = std::current_exception();
  }
  if (call->stage.exchange(Stage::ended) == Stage::lost) --*lost;
  ::close(pipe);
}

/// Counts a call as lost if its waiter ends before it.
class Waiter {
 public:
  Waiter(std::shared_ptr<Call> call, std::shared_ptr<std::atomic<std::size_t>> lost)
      : call_(std::move(call)), lost_(std::move(lost)) {}
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() {
    ++*lost_;
    if (call_->stage.exchange(Stage::lost) == Stage::ended) --*lost_;
  }

 private:
  std::shared_ptr<Call> call_;
  std::shared_ptr<std::atomic<std::size_t>> lost_;
};

/// Nothing is ever written to the pipe: a read returns when it is closed.
Async<void> end_of(asio::posix::stream_descriptor& pipe) {  // coroutine-ref: the awaiter's
  std::array<char, 1> nothing{};
  co_await pipe.async_read_some(asio::buffer(nothing), kTuple);
  co_return Result<void>{};
}

Error cannot_begin(const std::string& doing, int error) {
  return {code_of(error, ErrorCode::unavailable),
          doing + ": no thread for it: " + std::generic_category().message(error)};
}

}  // namespace

Aside::Aside(asio::any_io_executor executor, std::chrono::milliseconds limit)
    : executor_(executor),
      limit_(limit),
      gate_(std::move(executor), 1),
      lost_(std::make_shared<std::atomic<std::size_t>>(0)) {}

Async<void> Aside::perform(std::function<void()> task, std::string doing) {
  const auto pass = co_await gate_.enter();
  if (*lost_ == 0) is_silent_ = false;
  if (is_silent_ || *lost_ >= kMostLost) {
    co_return Error{ErrorCode::timeout,
                    doing + ": an earlier try has not ended yet, so that no other is begun"};
  }
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) co_return cannot_begin(doing, errno);
  asio::posix::stream_descriptor pipe(executor_, ends[0]);
  const auto call = std::make_shared<Call>();
  call->task = std::move(task);
  try {
    std::thread(work, call, ends[1], lost_).detach();
  } catch (const std::system_error& error) {
    ::close(ends[1]);
    co_return cannot_begin(doing, error.code().value());
  }
  const Waiter waiter(call, lost_);
  auto ending = end_of(pipe);
  auto ended = co_await with_deadline(std::move(ending), limit_, doing);
  if (!ended) {
    is_silent_ = true;
    co_return std::move(ended).error();
  }
  if (call->thrown) std::rethrow_exception(call->thrown);
  co_return Result<void>{};
}

}  // namespace authzd
