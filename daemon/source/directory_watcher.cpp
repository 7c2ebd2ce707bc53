// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/directory_watcher.hpp"

#include "daemon/source/inotify.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <array>
#include <optional>
#include <unistd.h>
#include <utility>

namespace authzd {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

class Watching : public std::enable_shared_from_this<Watching> {
 public:
  Watching(asio::any_io_executor executor,
           fs::path root,
           std::function<void()> on_change,
           std::function<void(const Error&)> on_failure)
      : root_(std::move(root)),
        on_change_(std::move(on_change)),
        on_failure_(std::move(on_failure)),
        stream_(executor) {}

  /// Watches the tree as it is now. Where it cannot, what was watched before stays.
  Result<void> begin() {
    auto watches = InotifyWatches::make(root_);
    if (!watches) return std::move(watches).error();
    close();
    watches_ = std::move(*watches);
    stream_.assign(::dup(watches_->descriptor()));
    next();
    return {};
  }

  void stop() {
    on_change_ = nullptr;
    close();
  }

 private:
  void close() {
    boost::system::error_code ignored;
    if (stream_.is_open()) stream_.close(ignored);
  }

  void next() {
    stream_.async_read_some(
        asio::buffer(buffer_),
        [self = shared_from_this()](const boost::system::error_code& ec, std::size_t n) {
          if (!ec) self->on_events(n);
        });
  }

  /// The change is told after the new watches stand, so that nothing falls in between.
  void on_events(std::size_t n) {
    if (!on_change_) return;
    const InotifyNews news = watches_->news({buffer_.data(), n});
    const Result<void> begun = news.is_moved ? begin() : Result<void>();
    if (!begun) on_failure_(begun.error());
    if (!news.is_moved || !begun) next();
    if (news.has_changed) on_change_();
  }

  fs::path root_;
  std::function<void()> on_change_;
  std::function<void(const Error&)> on_failure_;
  asio::posix::stream_descriptor stream_;
  std::optional<InotifyWatches> watches_;
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
    std::function<void(const Error&)> on_failure) {
  auto watching = std::make_shared<Watching>(
      std::move(executor), std::move(root), std::move(on_change), std::move(on_failure));
  if (auto begun = watching->begin(); !begun) return std::move(begun).error();
  return std::make_unique<Watcher>(std::move(watching));
}

}  // namespace authzd
