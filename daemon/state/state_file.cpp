// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/state_file.hpp"

#include "reconciler/base/text.hpp"

#include <array>
#include <errno.h>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <string_view>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace authzd {
namespace {

constexpr mode_t kOwnerOnly = 0600;
constexpr mode_t kOthers = 0077;

Error unusable(const std::string& path, const std::string& why) {
  return {ErrorCode::invalid_config, "the state " + path + " cannot be used: " + why};
}

std::string last_error() {
  return std::generic_category().message(errno);
}

Error no_directory(const std::string& path, const std::string& directory) {
  return unusable(
      path,
      "its directory " + directory +
          " does not exist; create it for the user that authzd runs as, or set `state`");
}

Error wrong_owner(const std::string& path, uid_t owner) {
  return unusable(path,
                  "it belongs to user " + std::to_string(owner) + ", and authzd runs as user " +
                      std::to_string(geteuid()) + "; run as that user, or chown the file");
}

/// Only root can create a file in another user's directory, who then cannot open it.
Result<void> check_maker(const std::string& path, const std::string& directory) {
  struct stat about {};
  if (geteuid() != 0 || ::access(path.c_str(), F_OK) == 0) return {};
  if (::stat(directory.c_str(), &about) != 0 || about.st_uid == 0) return {};
  const std::string user = std::to_string(about.st_uid);
  return unusable(
      path,
      "it is not there yet, and its directory belongs to user " + user +
          ": made by root, it would be in that user's way; run as that user (sudo -u '#" + user +
          "'), or start the daemon");
}

Result<void> check(const std::string& path, int descriptor) {
  struct stat about {};
  if (fstat(descriptor, &about) != 0) return unusable(path, last_error());
  if (!S_ISREG(about.st_mode)) return unusable(path, "it is not a regular file");
  if (about.st_uid != geteuid()) return wrong_owner(path, about.st_uid);
  if ((about.st_mode & kOthers) != 0 && fchmod(descriptor, kOwnerOnly) != 0) {
    return unusable(path, "others may read it, and chmod 0600 failed: " + last_error());
  }
  return {};
}

}  // namespace

Result<void> prepare_state_file(const std::string& path) {
  const auto directory = std::filesystem::path(path).parent_path();
  std::error_code ignored;
  if (!directory.empty() && !std::filesystem::is_directory(directory, ignored)) {
    return no_directory(path, directory.string());
  }
  if (auto made = check_maker(path, directory.empty() ? "." : directory.string()); !made) {
    return made;
  }
  // O_NONBLOCK: a FIFO in its place must not block the start.
  const int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  const int descriptor = ::open(path.c_str(), flags, kOwnerOnly);
  if (descriptor < 0) {
    const std::string hint = errno == ELOOP ? "it is a symbolic link, which is not followed"
                                            : last_error() +
                                                  "; the file and its directory must be writable "
                                                  "by the user that authzd runs as";
    return unusable(path, hint);
  }
  auto checked = check(path, descriptor);
  close(descriptor);
  return checked;
}

namespace {

constexpr int kLockMode = 0600;

/// The pid that the holder wrote to the file; empty if there is none.
std::string read_holder(int descriptor) {
  std::array<char, 32> buffer{};
  const auto got = pread(descriptor, buffer.data(), buffer.size(), 0);
  if (got <= 0) return {};
  return std::string(trim(std::string_view(buffer.data(), static_cast<std::size_t>(got))));
}

Error held(const std::string& path, const std::string& holder) {
  const std::string who = holder.empty() ? "another process" : "process " + printable(holder);
  return {ErrorCode::unavailable,
          "the state is in use by " + who + " (lock " + path +
              "): ask that one (authzd status), stop it, or give this one a state of its own"};
}

void write_holder(int descriptor) {
  const std::string pid = std::to_string(getpid()) + "\n";
  if (ftruncate(descriptor, 0) != 0) return;  // the pid is only a courtesy
  if (pwrite(descriptor, pid.data(), pid.size(), 0) < 0) return;
}

}  // namespace

Result<std::unique_ptr<LockFile>> LockFile::take(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kLockMode);
  if (descriptor < 0) {
    const std::string why = std::generic_category().message(errno);
    return Error{ErrorCode::invalid_config,
                 "cannot open " + path + ": " + why +
                     "; the state's directory must be writable by the user that authzd runs as"};
  }
  std::unique_ptr<LockFile> lock(new LockFile(descriptor));
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) return held(path, read_holder(descriptor));
  write_holder(descriptor);
  return lock;
}

LockFile::~LockFile() {
  close(descriptor_);
}

namespace {

constexpr mode_t kKeyMode = 0600;
constexpr mode_t kNotTheOwner = 0077;
constexpr std::size_t kBytes = 32;

Error unusable_key(const std::string& path, const std::string& why) {
  return {ErrorCode::invalid_config,
          "the key of the state, " + printable(path) + ", cannot be used: " + why +
              ". Approvals are sealed with it: put the right one back, or move it away, and "
              "approvals that are open must be given again"};
}

std::string errno_text() {
  return std::generic_category().message(errno);
}

Result<void> check_key_file(const std::string& path, int file) {
  struct stat about {};
  if (::fstat(file, &about) != 0) return unusable_key(path, errno_text());
  if (!S_ISREG(about.st_mode)) return unusable_key(path, "it is not a regular file");
  if (about.st_uid != ::geteuid()) return unusable_key(path, "it belongs to another user");
  if ((about.st_mode & kNotTheOwner) != 0) return unusable_key(path, "others may read it");
  return {};
}

/// Empty if the file is empty.
Result<Secret> read_key(const std::string& path, int file) {
  std::array<char, 2 * kBytes + 1> buffer{};
  const ssize_t size = ::pread(file, buffer.data(), buffer.size(), 0);
  if (size < 0) return unusable_key(path, errno_text());
  if (size == 0) return Secret();
  if (size != static_cast<ssize_t>(2 * kBytes)) return unusable_key(path, "it is not a key");
  return Secret(std::string(buffer.data(), static_cast<std::size_t>(size)));
}

Result<Secret> write_key(const std::string& path, int file) {
  auto made = random_key();
  if (!made) return made;
  const std::string_view text = made->reveal();
  const ssize_t written = ::pwrite(file, text.data(), text.size(), 0);
  if (written != static_cast<ssize_t>(text.size()) || ::fsync(file) != 0) {
    const std::string why = errno_text();
    [[maybe_unused]] const int cut = ::ftruncate(file, 0);
    return unusable_key(path, why);
  }
  return made;
}

}  // namespace

Result<Secret> random_key() {
  std::array<unsigned char, kBytes> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    return Error{ErrorCode::internal, "the system gives no random bytes: " + errno_text()};
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : bytes) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return Secret(std::move(text));
}

Result<Secret> state_key(const std::string& path) {
  // O_NONBLOCK: a FIFO in its place must not block the start.
  const int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  const int file = ::open(path.c_str(), flags, kKeyMode);
  if (file < 0) return unusable_key(path, errno_text());
  Result<Secret> key;
  if (auto checked = check_key_file(path, file); !checked) {
    key = std::move(checked).error();
  } else {
    key = read_key(path, file);
    if (key && key->empty()) key = write_key(path, file);
  }
  ::close(file);
  return key;
}

}  // namespace authzd
