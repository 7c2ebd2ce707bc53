// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/record/trace_file.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace authzd {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kOwnerAlone = 0600;
constexpr std::string_view kBegin = "authzd-";
constexpr std::string_view kEnd = ".trace.jsonl";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

Error failed(const std::string& path, int error) {
  return {ErrorCode::unavailable,
          "cannot write the trace " + printable(path) + ": " + std::strerror(error)};
}

}  // namespace

Result<TraceFile> TraceFile::create(const std::string& path) {
  // With O_EXCL a link is not followed, whatever its target.
  constexpr int kHow = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_APPEND | O_CLOEXEC;
  const int descriptor = ::open(path.c_str(), kHow, kOwnerAlone);
  if (descriptor < 0) return failed(path, errno);
  return TraceFile(path, descriptor);
}

TraceFile::TraceFile(TraceFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_) {}

TraceFile& TraceFile::operator=(TraceFile&& other) noexcept {
  if (this == &other) return *this;
  close();
  path_ = std::move(other.path_);
  descriptor_ = std::exchange(other.descriptor_, -1);
  size_ = other.size_;
  return *this;
}

TraceFile::~TraceFile() {
  close();
}

void TraceFile::close() noexcept {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

Result<void> TraceFile::append(std::string_view line) {
  std::string bytes(line);
  bytes += '\n';
  std::size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t n = ::write(descriptor_, bytes.data() + written, bytes.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      const int error = errno;
      // A line that was cut short would make the trace unreadable.
      if (written > 0 && ::ftruncate(descriptor_, static_cast<off_t>(size_)) != 0) close();
      return failed(path_, error);
    }
    written += static_cast<std::size_t>(n);
  }
  size_ += bytes.size();
  return {};
}

void TraceFile::discard() {
  close();
  std::error_code ec;
  fs::remove(path_, ec);
}

void make_trace_folder(const std::string& folder) {
  constexpr mode_t kOwnersFolder = 0700;
  (void)::mkdir(folder.c_str(), kOwnersFolder);
}

bool is_trace_name(std::string_view name) {
  const bool may_be =
      name.size() > kBegin.size() + kEnd.size() && name.starts_with(kBegin) && name.ends_with(kEnd);
  if (!may_be) return false;
  constexpr std::string_view kTime = "00000000T000000Z";
  std::string_view time = name.substr(kBegin.size(), name.size() - kBegin.size() - kEnd.size());
  if (time.size() < kTime.size()) return false;
  for (const char expected : kTime) {
    if (expected == '0' ? !is_digit(time.front()) : time.front() != expected) return false;
    time.remove_prefix(1);
  }
  if (time.empty()) return true;
  return time.size() > 1 && time.front() == '-' && std::ranges::all_of(time.substr(1), is_digit);
}

void keep_newest_traces(const std::string& folder, std::size_t most) {
  std::vector<std::string> names;
  std::error_code ec;
  for (fs::directory_iterator at(folder, ec), end; !ec && at != end; at.increment(ec)) {
    std::error_code ignored;
    const fs::file_status status = fs::symlink_status(at->path(), ignored);
    const bool is_file = status.type() == fs::file_type::regular;
    const std::string name = at->path().filename().string();
    if (is_file && is_trace_name(name)) names.push_back(name);
  }
  std::ranges::sort(names);
  for (std::size_t i = 0; i + most < names.size(); ++i) {
    std::error_code ignored;
    fs::remove(fs::path(folder) / names[i], ignored);
  }
}

}  // namespace authzd
