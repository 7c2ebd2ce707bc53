// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/audit/audit_sinks.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace authzd {

namespace {

/// Makes the directory entry of a new file durable. If this fails, the file's own fsync must do.
void sync_directory(const std::filesystem::path& path) {
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return;
  ::fsync(directory);
  ::close(directory);
}

/// None if the system does not report it.
std::optional<struct stat> status_of(int file) {
  struct stat status {};
  if (::fstat(file, &status) != 0) return std::nullopt;
  return status;
}

/// Whether that name still refers to the open file; not after a rotation.
bool is_still(const std::filesystem::path& path, const struct stat& opened) {
  struct stat named {};
  if (::stat(path.c_str(), &named) != 0) return false;
  return named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

/// The last bytes of a file: more than any line has.
constexpr std::size_t kTailBytes = 1U << 20U;
/// How much of an incomplete line is kept.
constexpr std::size_t kCutBytes = 1000;

Result<std::string> read_end(int file, std::size_t size) {
  std::string text(std::min(size, kTailBytes), '\0');
  std::size_t done = 0;
  while (done < text.size()) {
    const auto at = static_cast<off_t>(size - text.size() + done);
    const ssize_t got = ::pread(file, text.data() + done, text.size() - done, at);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Error{ErrorCode::unavailable, "cannot be read"};
    done += static_cast<std::size_t>(got);
  }
  return text;
}

/// The last line that ends with a newline; empty if none begins in the text.
std::string last_line(std::string_view text) {
  if (text.empty()) return {};
  text.remove_suffix(1);
  const auto before = text.rfind('\n');
  return std::string(before == std::string_view::npos ? text : text.substr(before + 1));
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
  // Non-blocking: opening a pipe without a reader must not block the daemon.
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
  const auto before = status_of(file_);
  while (!text.empty()) {
    const ssize_t written = ::write(file_, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int cause = errno;
      // Removes the part that a full disk left; if this fails, too, tail() finds it.
      [[maybe_unused]] const int cut = before ? ::ftruncate(file_, before->st_size) : 0;
      errno = cause;
      return problem("cannot be written");
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fdatasync(file_) != 0) return problem("cannot be brought to the disk");
  return {};
}

/// Opens the file that has the name now; returns its size.
Result<std::size_t> AuditFile::ready() {
  auto status = file_ < 0 ? std::nullopt : status_of(file_);
  if (!status || !is_still(path_, *status)) {
    close();
    if (auto opened = open(); !opened) return std::move(opened).error();
    status = status_of(file_);
    if (!status) return problem("cannot be looked at");
  }
  return static_cast<std::size_t>(status->st_size);
}

Result<AuditTail> AuditFile::tail() {
  const auto size = ready();
  if (!size) return size.error();
  if (*size == known_size_ && *size > 0) return AuditTail{last_, {}};
  auto end = read_end(file_, *size);
  if (!end) return problem("cannot be read");
  const auto newline = end->rfind('\n');
  const std::size_t whole = newline == std::string::npos ? 0 : newline + 1;
  std::string cut = end->substr(whole);
  const std::size_t cut_size = cut.size();
  end->resize(whole);
  last_ = last_line(*end);
  known_size_ = *size - cut_size;
  if (cut.empty()) return AuditTail{last_, {}};
  auto taken = take_cut(known_size_, std::move(cut));
  if (!taken) return std::move(taken).error();
  return AuditTail{last_, std::move(*taken)};
}

Result<std::string> AuditFile::take_cut(std::size_t whole, std::string cut) {
  if (::ftruncate(file_, static_cast<off_t>(whole)) != 0) {
    known_size_ = 0;
    if (auto ended = append("\n"); !ended) return std::move(ended).error();
  }
  cut.resize(std::min(cut.size(), kCutBytes));
  return cut;
}

Result<void> AuditFile::write(const AuditLine& line) {
  const auto size = ready();
  if (!size) return size.error();
  if (auto appended = append(line.json + "\n"); !appended) return appended;
  known_size_ = *size + line.json.size() + 1;
  last_ = line.json;
  return {};
}

void AuditFile::close() {
  if (file_ >= 0) ::close(file_);
  file_ = -1;
  known_size_ = 0;
  last_.clear();
}

Result<void> AuditJournal::write(const AuditLine& line) {
  std::vector<std::string> fields{"MESSAGE=" + printable(line.text),
                                  std::string(kAuditField) + "=" + line.json,
                                  "MESSAGE_ID=" + std::string(kAuditMessageId),
                                  "PRIORITY=5",
                                  "SYSLOG_IDENTIFIER=authzd"};
  for (const auto& [name, value] : line.fields) fields.push_back(std::string(name) + "=" + value);
  const int code = send_(fields);
  if (code >= 0) return {};
  return Error{ErrorCode::unavailable,
               "the journal did not take an audit line: " + std::generic_category().message(-code)};
}

}  // namespace authzd
