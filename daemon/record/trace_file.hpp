// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A file that only its owner may read, that did not exist before, and that grows by whole lines.
#pragma once

#include "reconciler/base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace authzd {

class TraceFile {
 public:
  /// Creates the file, with mode 0600. Errors: unavailable, with the file and the reason; also if
  /// the name exists, even as a link.
  static Result<TraceFile> create(const std::string& path);

  TraceFile(TraceFile&& other) noexcept;
  TraceFile& operator=(TraceFile&& other) noexcept;
  ~TraceFile();

  /// Appends the line and a line end. Errors: unavailable; then the file has nothing of the line.
  Result<void> append(std::string_view line);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Removes the file again.
  void discard();

 private:
  TraceFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  void close() noexcept;

  std::string path_;
  int descriptor_ = -1;
  std::size_t size_ = 0;
};

/// Creates a folder that only its owner may enter, in an existing one. An existing folder is not
/// changed; an error shows with the first file.
void make_trace_folder(const std::string& folder);

/// True for the names that recorders give to their files.
bool is_trace_name(std::string_view name);

/// Removes the oldest traces of a folder, by their names, until at most `most` are left. Files with
/// other names, and those that cannot be removed, remain.
void keep_newest_traces(const std::string& folder, std::size_t most);

}  // namespace authzd
