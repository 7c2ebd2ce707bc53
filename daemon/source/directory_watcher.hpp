// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Tells when a directory of manifests changes, so that a cycle need not wait for its time. It says
// that something changed, not what, and may say so once too often; what it cannot see (the file
// that a link leads to, a network file system's other side) the next regular cycle finds.
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
  /// Between two looks at the whole tree, as they take their time. Changes in between that come
  /// with a folder that came or went are told after it.
  std::chrono::milliseconds pause = std::chrono::seconds(1);
};

/// How a watcher looks at the tree. Without `aside` it does so on the loop, as only a test may: a
/// look at a network file system whose server is gone does not end.
struct WatchSeams {
  std::shared_ptr<Aside> aside = {};
  std::function<Result<InotifyWatches>(const std::filesystem::path&, std::size_t)> look =
      InotifyWatches::make;
};

/// Ends with its owner; afterwards nothing is called any more.
class DirectoryWatcher {
 public:
  virtual ~DirectoryWatcher() = default;
};

/// Calls `on_change` from `executor` after a manifest or folder below `root` came, went, or was
/// written to its end; after a link on the way there was turned (as a ConfigMap's ..data is); after
/// `root` itself was replaced, went or came back; and after events were lost. A file that is still
/// being written is not reported before it is closed. `root` may be one file, and may be missing.
/// `on_failure` hears why what has come since cannot be watched; what was watched before goes on.
/// Errors: unavailable (the host's limit of inotify instances or watches is reached, or that of
/// `limits`); aside, where it is watched some time later only, `on_failure` hears of that, too, and
/// of a file system that does not answer.
Result<std::unique_ptr<DirectoryWatcher>> make_directory_watcher(
    boost::asio::any_io_executor executor,
    std::filesystem::path root,
    std::function<void()> on_change,
    std::function<void(const Error&)> on_failure,
    WatchLimits limits = {},
    WatchSeams seams = {});

}  // namespace authzd
