// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/lock_file.hpp"

#include "reconciler/base/text.hpp"

#include <array>
#include <errno.h>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace authzd {
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

}  // namespace authzd
