// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The source of a process that stays: one for all its accounts. A reload keeps it where it is
// configured the same, because a process has one copy of a repository; a directory is watched.
#pragma once

#include "daemon/cli/commands.hpp"
#include "daemon/cli/setup.hpp"
#include "daemon/source/directory_watcher.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace authzd {

class DaemonSource {
 public:
  /// `keeps_copy`: a copy of a repository stays beside the daemon's state, else it ends with this.
  /// What the context refers to must outlive this.
  DaemonSource(CommandContext context, bool keeps_copy)
      : context_(std::move(context)), keeps_copy_(keeps_copy) {}

  /// Puts the source into the setup. Errors: make_source's.
  Result<void> open(Setup& setup);

  /// What to call when a watched directory changes.
  void on_change(std::function<void()> poke) { poke_ = std::move(poke); }

  /// Watches the directory that was opened last; nothing where it is none. Where the host cannot,
  /// the log says so, and the interval finds changes.
  void watch();

 private:
  CommandContext context_;
  bool keeps_copy_;
  std::optional<SourceConfig> config_;
  std::shared_ptr<Source> source_;
  std::function<void()> poke_;
  std::unique_ptr<DirectoryWatcher> watcher_;
};

}  // namespace authzd
