// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/process.hpp"

#include "daemon/net/deadline.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace authzd {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kMostErrors = 32U << 10U;

/// Reads a pipe to its end; beyond the limit it reads on and discards.
class Drain : public std::enable_shared_from_this<Drain> {
 public:
  Drain(const asio::any_io_executor& executor, Descriptor pipe, std::size_t most)
      : pipe_(executor, pipe.release()), most_(most) {}

  /// Calls `on_change` at the end, and once when the limit is exceeded.
  void start(std::function<void()> on_change) {
    on_change_ = std::move(on_change);
    next();
  }

  void stop() {
    on_change_ = nullptr;
    boost::system::error_code ignored;
    pipe_.close(ignored);
  }

  [[nodiscard]] bool has_ended() const { return has_ended_; }
  [[nodiscard]] bool is_too_long() const { return is_too_long_; }
  std::string take() { return std::move(text_); }

 private:
  void next() {
    pipe_.async_read_some(asio::buffer(buffer_),
                          [self = shared_from_this()](const boost::system::error_code& ec,
                                                      std::size_t n) { self->on_read(ec, n); });
  }

  void on_read(const boost::system::error_code& ec, std::size_t n) {
    const bool was_too_long = is_too_long_;
    const std::size_t room = most_ - text_.size();
    is_too_long_ = is_too_long_ || n > room;
    text_.append(buffer_.data(), std::min(n, room));
    has_ended_ = static_cast<bool>(ec);
    if ((has_ended_ || is_too_long_ != was_too_long) && on_change_) on_change_();
    if (!has_ended_) next();
  }

  asio::posix::stream_descriptor pipe_;
  std::size_t most_;
  std::array<char, 16U << 10U> buffer_{};
  std::string text_;
  bool has_ended_ = false;
  bool is_too_long_ = false;
  std::function<void()> on_change_;
};

/// The process and its readers. Neither outlives this, however it ends.
class Running {
 public:
  Running(const asio::any_io_executor& executor, Child child, std::size_t most_output)
      : child_(std::move(child)),
        ended_(executor, child_.ended.release()),
        changed_(executor, asio::steady_timer::time_point::max()),
        output_(std::make_shared<Drain>(executor, std::move(child_.output), most_output)),
        errors_(std::make_shared<Drain>(executor, std::move(child_.errors), kMostErrors)) {
    output_->start([this] { on_output(); });
    errors_->start([this] { changed_.cancel(); });
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() {
    output_->stop();
    errors_->stop();
  }

  asio::awaitable<void> until_ended() {
    const auto [ec] = co_await ended_.async_wait(asio::posix::stream_descriptor::wait_read, kTuple);
    if (ec) throw_cancelled();
    child_.kill_group();  // its leftovers would keep the pipes open
    while (!output_->has_ended() || !errors_->has_ended()) co_await changed_.async_wait(kTuple);
  }

  [[nodiscard]] std::optional<std::string> why_not_run() const { return child_.why_not_run(); }
  [[nodiscard]] bool wrote_too_much() const { return output_->is_too_long(); }
  ProcessOutcome take() { return {child_.reap(), output_->take(), errors_->take()}; }

 private:
  void on_output() {
    if (output_->is_too_long()) child_.kill_group();
    changed_.cancel();
  }

  Child child_;
  asio::posix::stream_descriptor ended_;
  asio::steady_timer changed_;
  std::shared_ptr<Drain> output_;
  std::shared_ptr<Drain> errors_;
};

Async<ProcessOutcome> execute(ProcessSpec spec, std::string doing) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  auto child = Child::start(spec);
  if (!child) co_return std::move(child).error().context(doing);
  Running running(executor, std::move(*child), spec.most_output);
  co_await running.until_ended();
  if (const auto why = running.why_not_run()) {
    co_return Error{ErrorCode::unavailable,
                    doing + ": " + spec.program + " cannot be run: " + *why};
  }
  if (running.wrote_too_much()) {
    co_return Error{ErrorCode::bad_response,
                    doing + ": more than " + std::to_string(spec.most_output) + " bytes of output"};
  }
  co_return running.take();
}

}  // namespace

Async<ProcessOutcome> run_process(ProcessSpec spec,
                                  std::chrono::milliseconds limit,
                                  std::string doing) {
  co_return co_await with_deadline(execute(std::move(spec), doing), limit, doing);
}

}  // namespace authzd
