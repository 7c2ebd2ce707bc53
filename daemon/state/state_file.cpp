// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/state_file.hpp"

#include <errno.h>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

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

}  // namespace authzd
