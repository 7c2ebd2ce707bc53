// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One reading of a directory, in steps: first a list with sizes, then one file at a time. It opens
// nothing outside of the root, and reads only regular files. The source compares readings.
#pragma once

#include "daemon/source/beneath.hpp"
#include "daemon/source/source.hpp"
#include "reconciler/manifest/ignore_rules.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace authzd {

struct DirectoryLimits {
  std::uint64_t most_bytes = LoadLimits{}.max_total_bytes;  // of all manifests together
  std::size_t most_files = 20'000;
  std::size_t most_entries = 100'000;  // examined, manifests or not
};

/// The result of one reading.
struct DirectoryReading {
  Snapshot snapshot;
  /// Changes with every write to one of the files, even if its text stays the same, except for a
  /// write so soon after another that the file system's clock has not advanced.
  std::string traces;
  /// How long before the reading began the last of the files was written, by the host's clock and
  /// the file system's.
  std::chrono::milliseconds quiet_for{0};

  [[nodiscard]] bool agrees_with(const DirectoryReading& other) const {
    return snapshot.revision == other.snapshot.revision && traces == other.traces;
  }
};

class DirectoryReader {
 public:
  /// Lists the manifests below `root`/`paths`. Reads only .authzdignore in the root. `root` may be
  /// one file, and may be a link or below one; a link below it counts only if its target is below
  /// it, too. A file that `paths` name is never ignored. Errors: invalid_manifest (a path is
  /// missing; a link leads nowhere or out of the root; a manifest is a FIFO, a socket or a device;
  /// there are more files or bytes than the limits allow; .authzdignore is not a regular file, or
  /// too expensive); unavailable (something cannot be read); exhausted.
  static Result<DirectoryReader> list(const std::filesystem::path& root,
                                      const std::vector<std::string>& paths,
                                      const DirectoryLimits& limits);

  [[nodiscard]] bool has_more() const { return next_ < found_.size(); }

  /// Reads one file, and at most its listed size. Errors: as for list; unavailable, if it has
  /// changed since.
  Result<void> read_next();

  /// Of what was listed.
  [[nodiscard]] std::string traces() const;

  /// Call after the last file, or before the first one for a reading without a revision and files.
  [[nodiscard]] DirectoryReading finish() &&;

 private:
  struct Found {
    std::string path;  // below the root; empty: the root is this file
    std::uint64_t size = 0;
    std::string trace;
    std::chrono::system_clock::time_point changed = {};
  };

  DirectoryReader(std::filesystem::path root, const DirectoryLimits& limits)
      : began_(std::chrono::system_clock::now()),
        root_(std::move(root)),
        limits_(limits),
        below_(root_) {}

  struct Folder {
    std::string path;
    bool is_ignored = false;  // searched only to list what is ignored
  };

  Result<void> read_rules();
  Result<void> add_root_file();
  Result<void> add_path(const std::string& configured);
  Result<void> add_tree(const std::string& top);
  Result<void> add_folder(const Folder& folder, Descriptor file, std::vector<Folder>& to_do);
  Result<void> add_entry(int directory,
                         const Folder& folder,
                         const std::string& path,
                         std::vector<Folder>& to_do);
  Result<void> add_linked(const std::string& path);
  Result<void> add_file(std::string path, const Descriptor& file);
  Result<void> check_limits() const;
  [[nodiscard]] Beneath::Opened open(const std::string& path, int flags) const;
  [[nodiscard]] std::string shown(const std::string& path) const;
  [[nodiscard]] Error cannot_open(const std::string& path, int error) const;

  std::chrono::system_clock::time_point began_;
  std::filesystem::path root_;
  DirectoryLimits limits_;
  Beneath below_;
  std::size_t entries_ = 0;
  std::uint64_t bytes_ = 0;
  std::vector<Found> found_;
  IgnoreRules rules_;
  std::string rules_trace_;
  std::chrono::system_clock::time_point rules_changed_ = {};
  std::vector<std::string> ignored_;       // manifests, by displayed name
  std::vector<std::string> not_followed_;  // links and special files
  std::vector<std::string> manifest_folders_;
  std::size_t next_ = 0;
  std::map<std::string, std::string> texts_;  // by displayed name
};

/// All at once, for a call without other work. If the traces are `unchanged`, no file is read, and
/// there is no revision. Errors: those of DirectoryReader.
Result<DirectoryReading> read_directory(const std::filesystem::path& root,
                                        const std::vector<std::string>& paths,
                                        const DirectoryLimits& limits = {},
                                        const std::string& unchanged = {});

}  // namespace authzd
