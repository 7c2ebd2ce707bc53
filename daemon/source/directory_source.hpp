// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A directory of manifests on this host. It reads *.yaml and *.yml below the given paths, not what
// starts with a dot (Git's own files, editors' and ConfigMaps' hidden copies). A link to a file
// below the root is followed; a link to a directory is not, except where a path itself is one.
//
// Nothing says when whoever writes there has finished. So a new text counts only once two readings,
// some time apart, agree in every file's text and in what the file system says of its last change.
//
// A known text that has lain there for a while is not read again while the file system says of no
// file that it has changed.
#pragma once

#include "daemon/net/aside.hpp"
#include "daemon/net/clock.hpp"
#include "daemon/source/directory_reader.hpp"
#include "daemon/source/source.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace authzd {

/// As read_directory(): may block for as long as the file system does.
using ReadDirectory = std::function<Result<DirectoryReading>(const std::filesystem::path& root,
                                                             const std::vector<std::string>& paths,
                                                             const DirectoryLimits& limits,
                                                             const std::string& unchanged)>;

struct DirectoryOptions {
  std::chrono::milliseconds quiet = std::chrono::seconds(2);  // between two readings that agree
  DirectoryLimits limits = {};
  /// Where each reading takes place, so that a file system that does not answer stops nothing else.
  /// Null: on the loop, for a test with a time of its own.
  std::shared_ptr<Aside> aside = {};
  ReadDirectory read = read_directory;  // with `aside`
  /// A file system's clock may move on only every 2 s (FAT): until then a second write to a file
  /// leaves no trace.
  std::chrono::milliseconds clock_step = std::chrono::seconds(5);
  /// All is read again after so long, whatever the file system says: a write through a mapping of
  /// the file, or one behind a network's cache, may leave its trace late or never.
  std::chrono::milliseconds longest_unread = std::chrono::minutes(10);
};

class DirectorySource final : public Source {
 public:
  /// `root` may be one file, too. Files are named `root`/…, as the person wrote it. `clock` must
  /// outlive this.
  DirectorySource(std::filesystem::path root, Clock& clock, DirectoryOptions options = {})
      : root_(std::move(root)), clock_(clock), options_(std::move(options)) {}

  /// Waits until the files have been quiet, unless they are `known`. Errors: also unavailable,
  /// where they go on changing; timeout, where the file system does not answer.
  Async<Fetched> fetch(std::vector<std::string> paths, std::string known) override;
  Async<bool> still_holds(std::vector<std::string> paths, std::string revision) override;

 private:
  using Time = std::chrono::steady_clock::time_point;

  /// What readings of the same paths have shown, each with the same text and traces.
  struct Seen {
    std::string revision;
    std::string traces;
    Time first_ended = {};
    Time last_began = {};
    bool is_settled = false;  // another write cannot have left the traces as they are
  };

  /// The traces that show that `known` is still there; empty: it must be read to tell.
  [[nodiscard]] std::string telling_traces(const std::vector<std::string>& paths,
                                           const std::string& known) const;
  void note(const std::vector<std::string>& paths, const DirectoryReading& reading, Time began);

  Async<DirectoryReading> read(std::vector<std::string> paths, std::string unchanged = {}) const;
  Async<DirectoryReading> read_here(std::vector<std::string> paths, std::string unchanged) const;
  Async<DirectoryReading> read_after_quiet(std::vector<std::string> paths) const;

  std::filesystem::path root_;
  Clock& clock_;
  DirectoryOptions options_;
  std::map<std::vector<std::string>, Seen> seen_ = {};  // by the paths
};

}  // namespace authzd
