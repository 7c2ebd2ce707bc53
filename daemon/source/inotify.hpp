// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// inotify as values: what to watch for a root, and what a batch of events says.
#pragma once

#include "daemon/source/child.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace authzd {

/// What a batch of events comes to.
struct InotifyNews {
  bool has_changed = false;  // someone may want to read again
  bool is_moved = false;     // what is watched no longer fits the tree
};

/// The watches of one root, as the tree is when they are made.
class InotifyWatches {
 public:
  /// Looks at `most_entries` files and folders below the root at most. Errors: unavailable (there
  /// are more; a limit of the host is reached, and which one to raise).
  static Result<InotifyWatches> make(const std::filesystem::path& root, std::size_t most_entries);

  [[nodiscard]] int descriptor() const { return inotify_.get(); }

  /// Reads what read(2) gave of the descriptor.
  [[nodiscard]] InotifyNews news(std::string_view events) const;

 private:
  struct Watch {
    std::filesystem::path directory;
    std::set<std::string> names;  // the only ones that matter; none: all
  };

  Result<void> add(const std::filesystem::path& directory, const std::string& only);
  Result<void> add_way_to(const std::filesystem::path& root);
  Result<void> add_tree(const std::filesystem::path& root, std::size_t most_entries);
  [[nodiscard]] InotifyNews news_of(int watch, std::uint32_t mask, std::string_view name) const;

  Descriptor inotify_;
  std::map<int, Watch> watches_;
};

}  // namespace authzd
