// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/state_key.hpp"

#include "reconciler/base/text.hpp"

#include <array>
#include <errno.h>
#include <fcntl.h>
#include <string_view>
#include <sys/random.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace authzd {
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
