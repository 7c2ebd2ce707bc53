// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/status/audit_file.hpp"

#include "reconciler/base/text.hpp"

#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace authzd {
namespace {

/// Makes the directory's entry of a new file durable. Where that cannot be done, the file's own
/// fsync is what there is.
void sync_directory(const std::filesystem::path& path) {
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return;
  ::fsync(directory);
  ::close(directory);
}

/// Nothing where the system does not say.
std::optional<struct stat> status_of(int file) {
  struct stat status {};
  if (::fstat(file, &status) != 0) return std::nullopt;
  return status;
}

/// Whether that name still leads to the open file: it does not once a log was rotated.
bool is_still(const std::filesystem::path& path, const struct stat& opened) {
  struct stat named {};
  if (::stat(path.c_str(), &named) != 0) return false;
  return named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

bool ends_inside_a_line(int file, off_t size) {
  char last = '\n';
  return size > 0 && ::pread(file, &last, 1, size - 1) == 1 && last != '\n';
}

}  // namespace

Error AuditFile::problem(std::string_view doing) {
  const std::string cause = std::generic_category().message(errno);
  close();
  return Error{
      ErrorCode::unavailable,
      "the audit log " + printable(path_.string()) + ": " + std::string(doing) + ": " + cause};
}

Result<void> AuditFile::open() {
  // Non-blocking: opening a pipe that nobody reads must not hang the daemon.
  file_ =
      ::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0640);
  if (file_ < 0) return problem("cannot be opened");
  const auto status = status_of(file_);
  if (!status) return problem("cannot be looked at");
  if (!S_ISREG(status->st_mode)) {
    errno = EINVAL;
    return problem("is no regular file");
  }
  sync_directory(path_);
  return {};
}

Result<void> AuditFile::append(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file_, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return problem("cannot be written");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fdatasync(file_) != 0) return problem("cannot be brought to the disk");
  return {};
}

Result<void> AuditFile::write(const AuditLine& line) {
  auto status = file_ < 0 ? std::nullopt : status_of(file_);
  if (!status || !is_still(path_, *status)) {
    close();
    if (auto opened = open(); !opened) return opened;
    status = status_of(file_);
  }
  const bool is_torn = status && ends_inside_a_line(file_, status->st_size);
  return append((is_torn ? "\n" : "") + line.json + "\n");
}

void AuditFile::close() {
  if (file_ >= 0) ::close(file_);
  file_ = -1;
}

}  // namespace authzd
