// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A file that only its owner may read, that was not there before, and that grows by whole lines.
#pragma once

#include "reconciler/base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace authzd {

class TraceFile {
 public:
  /// Makes the file, with mode 0600. Errors: unavailable, naming the file and why; also where
  /// anything is there by that name, a link included.
  static Result<TraceFile> create(const std::string& path);

  TraceFile(TraceFile&& other) noexcept;
  TraceFile& operator=(TraceFile&& other) noexcept;
  ~TraceFile();

  /// The line and its end. Errors: unavailable; then nothing of the line is in the file.
  Result<void> append(std::string_view line);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Takes the file away again.
  void discard();

 private:
  TraceFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  void close() noexcept;

  std::string path_;
  int descriptor_ = -1;
  std::size_t size_ = 0;
};

/// Makes a folder that only its owner may enter, in one that is there. One that is there stays as
/// it is; an error shows with the first file.
void make_trace_folder(const std::string& folder);

/// True for the names that recorders give to their files.
bool is_trace_name(std::string_view name);

/// Removes the oldest traces of a folder, by their names, until no more than `most` are left. What
/// has another name stays, and so does what cannot be removed.
void keep_newest_traces(const std::string& folder, std::size_t most);

}  // namespace authzd
