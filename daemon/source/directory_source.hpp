// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A directory of manifests on this host. It reads *.yaml and *.yml below the given paths, except
// names that start with a dot (Git's own files, hidden copies of editors and ConfigMaps). It
// follows a link to a file below the root, but not a link to a directory, except if a path itself
// is one.
//
// Nothing shows when a writer has finished. So a new text counts only once two readings, some time
// apart, agree in every file's text and in the file system's data about its last change.
//
// A known text that has been unchanged for a while is not read again while the file system shows no
// change of any file.
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

/// Like read_directory(): may block for as long as the file system does.
using ReadDirectory = std::function<Result<DirectoryReading>(const std::filesystem::path& root,
                                                             const std::vector<std::string>& paths,
                                                             const DirectoryLimits& limits,
                                                             const std::string& unchanged)>;

struct DirectoryOptions {
  std::chrono::milliseconds quiet = std::chrono::seconds(2);  // between two readings that agree
  DirectoryLimits limits = {};
  /// Where each reading runs, so that a hanging file system blocks nothing else. Null: on the loop,
  /// for a test with its own clock.
  std::shared_ptr<Aside> aside = {};
  ReadDirectory read = read_directory;  // with `aside`
  /// A file system's clock may advance only every 2 s (FAT): until then a second write to a file
  /// leaves no trace.
  std::chrono::milliseconds clock_step = std::chrono::seconds(5);
  /// Everything is read again after this time, whatever the file system shows: a write through a
  /// mapping of the file, or one behind a network cache, may leave its trace late or never.
  std::chrono::milliseconds longest_unread = std::chrono::minutes(10);
};

class DirectorySource final : public Source {
 public:
  /// `root` may also be one file. Files are named `root`/…, as the person wrote it. `clock` must
  /// outlive this.
  DirectorySource(std::filesystem::path root, Clock& clock, DirectoryOptions options = {})
      : root_(std::move(root)), clock_(clock), options_(std::move(options)) {}

  /// Waits until the files are stable, unless they are `known`. Errors: also unavailable, if they
  /// keep changing; timeout, if the file system does not answer.
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

  /// The traces that prove that `known` is unchanged; empty: it must be read to find out.
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
