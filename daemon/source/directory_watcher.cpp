// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/directory_watcher.hpp"

#include "daemon/net/supervisor.hpp"
#include "reconciler/base/text.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>

namespace authzd {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

using Ticks = asio::steady_timer::clock_type;

class Watching : public std::enable_shared_from_this<Watching> {
 public:
  Watching(asio::any_io_executor executor,
           fs::path root,
           std::function<void()> on_change,
           std::function<void(const Error&)> on_failure,
           WatchLimits limits,
           WatchSeams seams)
      : executor_(executor),
        root_(std::move(root)),
        on_change_(std::move(on_change)),
        on_failure_(std::move(on_failure)),
        limits_(limits),
        seams_(std::move(seams)),
        stream_(executor),
        alarm_(executor) {}

  /// Watches the current tree, immediately or, aside, some time later. If it fails, the previous
  /// watches stay.
  Result<void> begin() {
    if (seams_.aside != nullptr) {
      start(looking_, is_renewing_, begin_aside(shared_from_this()));
      return {};
    }
    auto watches = seams_.look(root_, limits_.most_entries);
    if (!watches) return std::move(watches).error();
    take(std::move(*watches));
    return {};
  }

  void stop() {
    on_change_ = nullptr;
    alarm_.cancel();
    close();
    looking_.emit(asio::cancellation_type::terminal);
    reading_news_.emit(asio::cancellation_type::terminal);
    // Outside of the loop, Boost 1.81's co_spawn posts what a signal emits, and references only the
    // signal: the signals must live until that has run.
    asio::post(executor_, [self = shared_from_this()] {});
  }

 private:
  void take(InotifyWatches watches) {
    close();
    watches_ = std::make_shared<const InotifyWatches>(std::move(watches));
    stream_.assign(::dup(watches_->descriptor()));
    is_reading_ = false;  // a read of the former watches finds nothing that this scan has not seen
    if (!is_handling_) next();
  }

  /// A signal is of one task at a time: the next one takes its slot.
  /// `is_busy` is reset if it fails.
  void start(asio::cancellation_signal& stop, bool& is_busy, asio::awaitable<void> task) {
    is_busy = true;
    const auto on_end = [self = shared_from_this(), &is_busy](const std::exception_ptr& thrown) {
      if (thrown) is_busy = false;
      if (thrown && self->on_change_) self->on_failure_(fault_of(thrown));
    };
    asio::co_spawn(executor_, std::move(task), asio::bind_cancellation_slot(stop.slot(), on_end));
  }

  /// What changed during the slow first scan may have been read before the change.
  asio::awaitable<void> begin_aside(std::shared_ptr<Watching> self) {
    const bool is_first = watches_ == nullptr;
    const auto began = Ticks::now();
    std::function<Result<InotifyWatches>()> task =
        [look = seams_.look, root = root_, most = limits_.most_entries] {
          return look(root, most);
        };
    auto watches = co_await seams_.aside->run(std::move(task), doing());
    if (!self->on_change_) co_return;
    is_renewing_ = false;
    earliest_ = Ticks::now() + limits_.pause;
    if (watches) take(std::move(*watches));
    tell_once(watches ? Result<void>{} : Result<void>(watches.error()));
    if (!is_first || Ticks::now() - began > limits_.pause) on_change_();
  }

  [[nodiscard]] std::string doing() const {
    return "watching " + printable(root_.string()) + ", whose file system may not answer";
  }

  void close() {
    boost::system::error_code ignored;
    if (stream_.is_open()) stream_.close(ignored);
  }

  void next() {
    is_reading_ = true;
    stream_.async_read_some(asio::buffer(buffer_),
                            [self = shared_from_this(), watches = watches_](
                                const boost::system::error_code& ec, std::size_t n) {
                              if (watches == self->watches_) self->on_read(ec, n);
                            });
  }

  /// Any end of the watching is reported: the interval still finds changes.
  void on_read(const boost::system::error_code& ec, std::size_t n) {
    if (ec == asio::error::operation_aborted || !on_change_) return;
    is_reading_ = false;
    if (ec) return on_failure_(Error{ErrorCode::unavailable, "reading inotify: " + ec.message()});
    if (seams_.aside != nullptr) {
      return start(reading_news_, is_handling_, read_news(shared_from_this(), n));
    }
    try {
      on_news(watches_->news({buffer_.data(), n}));
    } catch (...) {
      on_failure_(fault_of(std::current_exception()));
    }
  }

  /// Handling a file event needs the file system.
  asio::awaitable<void> read_news(std::shared_ptr<Watching> self, std::size_t n) {
    std::function<Result<InotifyNews>()> read = [watches = watches_,
                                                 events = std::string(buffer_.data(), n)] {
      return Result<InotifyNews>(watches->news(events));
    };
    const auto news = co_await seams_.aside->run(std::move(read), doing());
    is_handling_ = false;
    if (!self->on_change_) co_return;
    on_news(news ? *news : InotifyNews{true, false});
  }

  /// Reports the change after the new watches exist, so that nothing is missed in between.
  void on_news(const InotifyNews& news) {
    if (!on_change_) return;
    const bool is_early = is_renewing_ || is_renewal_due_ || Ticks::now() < earliest_;
    const bool has_to_wait = news.is_moved && is_early;
    if (has_to_wait) renew_later();
    if (news.is_moved && !is_early) renew();
    if (!is_reading_) next();
    const bool is_told_later = news.is_moved && (has_to_wait || is_renewing_);
    if (news.has_changed && !is_told_later) on_change_();
  }

  void renew() {
    const Result<void> begun = begin();
    if (is_renewing_) return;
    earliest_ = Ticks::now() + limits_.pause;
    tell_once(begun);
  }

  /// Reports repeated equal failures once.
  void tell_once(const Result<void>& begun) {
    const bool is_news = !begun && !has_failed_;
    has_failed_ = !begun;
    if (is_news) on_failure_(begun.error());
  }

  void renew_later() {
    if (std::exchange(is_renewal_due_, true)) return;
    alarm_.expires_at(is_renewing_ ? Ticks::now() + limits_.pause : earliest_);
    alarm_.async_wait([self = shared_from_this()](const boost::system::error_code& ec) {
      if (!ec) self->on_alarm();
    });
  }

  void on_alarm() {
    if (!on_change_) return;
    is_renewal_due_ = false;
    if (is_renewing_) return renew_later();
    try {
      renew();
      if (!is_renewing_) on_change_();
    } catch (...) {
      on_failure_(fault_of(std::current_exception()));
    }
  }

  asio::any_io_executor executor_;
  fs::path root_;
  std::function<void()> on_change_;
  std::function<void(const Error&)> on_failure_;
  WatchLimits limits_;
  WatchSeams seams_;
  asio::cancellation_signal looking_;
  asio::cancellation_signal reading_news_;
  asio::posix::stream_descriptor stream_;
  asio::steady_timer alarm_;
  Ticks::time_point earliest_ = Ticks::time_point::min();  // for the next scan of the whole tree
  bool is_reading_ = false;
  bool is_handling_ = false;     // what was read, aside; the next read begins after it
  bool is_renewal_due_ = false;  // once the alarm fires
  bool is_renewing_ = false;     // such a scan is running aside
  bool has_failed_ = false;      // the last such scan
  std::shared_ptr<const InotifyWatches> watches_;
  alignas(8) std::array<char, 16U << 10U> buffer_{};
};

class Watcher final : public DirectoryWatcher {
 public:
  explicit Watcher(std::shared_ptr<Watching> watching) : watching_(std::move(watching)) {}
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  ~Watcher() override { watching_->stop(); }

 private:
  std::shared_ptr<Watching> watching_;
};

}  // namespace

Result<std::unique_ptr<DirectoryWatcher>> make_directory_watcher(
    asio::any_io_executor executor,
    fs::path root,
    std::function<void()> on_change,
    std::function<void(const Error&)> on_failure,
    WatchLimits limits,
    WatchSeams seams) {
  auto watching = std::make_shared<Watching>(std::move(executor),
                                             std::move(root),
                                             std::move(on_change),
                                             std::move(on_failure),
                                             limits,
                                             std::move(seams));
  if (auto begun = watching->begin(); !begun) return std::move(begun).error();
  return std::make_unique<Watcher>(std::move(watching));
}

}  // namespace authzd
