// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Tells when a directory of manifests changes, so that a cycle need not wait for its time. It says
// that something changed, not what, and may say so once too often; what it cannot see (the file
// that a link leads to, a network file system's other side) the next regular cycle finds.
#pragma once

#include "reconciler/base/result.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <filesystem>
#include <functional>
#include <memory>

namespace authzd {

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
/// Errors: unavailable (the host's limit of inotify instances or watches is reached).
Result<std::unique_ptr<DirectoryWatcher>> make_directory_watcher(
    boost::asio::any_io_executor executor,
    std::filesystem::path root,
    std::function<void()> on_change,
    std::function<void(const Error&)> on_failure);

}  // namespace authzd
