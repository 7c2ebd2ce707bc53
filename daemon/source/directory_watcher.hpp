// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Reports changes in a directory of manifests, so that a cycle need not wait for its interval. It
// reports that something changed, not what, and may do so once too often. What it cannot see (the
// target of a link, the other side of a network file system) is found by the next regular cycle.
#pragma once

#include "daemon/net/aside.hpp"
#include "daemon/source/inotify.hpp"
#include "reconciler/base/result.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>

namespace authzd {

struct WatchLimits {
  std::size_t most_entries = 100'000;  // files and folders below the root; more are not watched
  /// Between two scans of the whole tree, because they are slow. Changes in between that come with
  /// a new or removed folder are reported afterwards.
  std::chrono::milliseconds pause = std::chrono::seconds(1);
};

/// How a watcher scans the tree. Without `aside` it scans on the loop, for tests only: a scan of a
/// network file system without a server never ends.
struct WatchSeams {
  std::shared_ptr<Aside> aside = {};
  std::function<Result<InotifyWatches>(const std::filesystem::path&, std::size_t)> look =
      InotifyWatches::make;
};

/// Ends with its owner; no callback is called afterwards.
class DirectoryWatcher {
 public:
  virtual ~DirectoryWatcher() = default;
};

/// Calls `on_change` from `executor` after a manifest or folder below `root` appeared, disappeared,
/// or was written and closed; after a link on the path changed its target (like a ConfigMap's
/// ..data); after `root` itself was replaced, removed or restored; and after events were lost. A
/// file that is still open for writing is not reported. `root` may be one file, and may be missing.
/// `on_failure` receives the reason if new files cannot be watched; the previous watches stay.
/// Errors: unavailable (the host's limit of inotify instances or watches is reached, or that of
/// `limits`). If the tree is scanned aside, `on_failure` receives these errors, too, and also that
/// of a file system that does not answer.
Result<std::unique_ptr<DirectoryWatcher>> make_directory_watcher(
    boost::asio::any_io_executor executor,
    std::filesystem::path root,
    std::function<void()> on_change,
    std::function<void(const Error&)> on_failure,
    WatchLimits limits = {},
    WatchSeams seams = {});

}  // namespace authzd
