// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The source of a process that stays: one for all its accounts. A reload keeps it where it is
// configured the same, because a process has one copy of a repository; a directory is watched.
#pragma once

#include "daemon/cli/setup.hpp"
#include "daemon/log.hpp"
#include "daemon/source/directory_watcher.hpp"
#include "daemon/source/source.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace authzd {

class DaemonSource {
 public:
  /// `keeps_copy`: a copy of a repository stays beside the daemon's state, else it ends with this.
  /// `clock` must outlive this.
  DaemonSource(boost::asio::any_io_executor executor, Clock& clock, Log log, bool keeps_copy)
      : executor_(std::move(executor)),
        clock_(clock),
        log_(std::move(log)),
        keeps_copy_(keeps_copy) {}

  /// Puts into the setup the source that it names: the one that is followed, where that is
  /// configured the same. Errors: make_source's.
  Result<void> open(Setup& setup);

  /// What to call when a directory that is followed changes.
  void on_change(std::function<void()> poke) { poke_ = std::move(poke); }

  /// The source that was opened last is the one from here on; until then the one before it is. A
  /// directory is watched. Where the host cannot, the log says so, and the interval finds changes.
  void follow();

  [[nodiscard]] SourceRequests requests() const {
    return followed_.source ? followed_.source->requests() : SourceRequests{};
  }

 private:
  struct Opened {
    std::optional<SourceConfig> config;
    std::shared_ptr<Source> source;
  };

  boost::asio::any_io_executor executor_;
  Clock& clock_;
  Log log_;
  bool keeps_copy_;
  Opened followed_;
  Opened last_;  // that was opened
  std::function<void()> poke_;
  std::unique_ptr<DirectoryWatcher> watcher_;
};

}  // namespace authzd
