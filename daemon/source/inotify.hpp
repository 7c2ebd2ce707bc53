// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// inotify as values: what to watch for a root, and the meaning of a batch of events.
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

/// The meaning of a batch of events.
struct InotifyNews {
  bool has_changed = false;  // a new reading may be needed
  bool is_moved = false;     // the watches no longer match the tree
};

/// The watches of one root, for the tree at the time of their creation.
class InotifyWatches {
 public:
  /// Scans at most `most_entries` files and folders below the root. Errors: unavailable (there are
  /// more; a limit of the host is reached, with the one to raise).
  static Result<InotifyWatches> make(const std::filesystem::path& root, std::size_t most_entries);

  [[nodiscard]] int descriptor() const { return inotify_.get(); }

  /// Parses what read(2) returned from the descriptor.
  [[nodiscard]] InotifyNews news(std::string_view events) const;

 private:
  struct Watch {
    std::filesystem::path directory;
    std::set<std::string> names;  // the only relevant ones; empty: all
  };

  Result<void> add(const std::filesystem::path& directory, const std::string& only);
  Result<void> add_way_to(const std::filesystem::path& root);
  Result<void> add_tree(const std::filesystem::path& root, std::size_t most_entries);
  [[nodiscard]] InotifyNews news_of(int watch, std::uint32_t mask, std::string_view name) const;

  Descriptor inotify_;
  std::map<int, Watch> watches_;
};

}  // namespace authzd
