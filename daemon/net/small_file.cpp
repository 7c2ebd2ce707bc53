// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/small_file.hpp"

#include "daemon/net/process_limits.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace authzd {
namespace {

Error unusable(const std::filesystem::path& file, std::string_view what, const std::string& why) {
  return Error{ErrorCode::invalid_config,
               std::string(what) + " in " + printable(file.string()) + " " + why};
}

Error unreadable(const std::filesystem::path& file, std::string_view what, int error) {
  Error why = unusable(file, what, "cannot be read: " + std::generic_category().message(error));
  why.code = code_of(error, why.code);
  return why;
}

struct CloseAtEnd {
  int descriptor;
  explicit CloseAtEnd(int the_descriptor) : descriptor(the_descriptor) {}
  CloseAtEnd(const CloseAtEnd&) = delete;
  CloseAtEnd& operator=(const CloseAtEnd&) = delete;
  ~CloseAtEnd() { ::close(descriptor); }
};

}  // namespace

Result<std::string> read_small_file(const std::filesystem::path& file,
                                    std::string_view what,
                                    std::size_t most) {
  // Opened without waiting: a FIFO may never get a writer.
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (descriptor < 0) return unreadable(file, what, errno);
  const CloseAtEnd close{descriptor};
  struct stat facts {};
  if (::fstat(descriptor, &facts) != 0) return unreadable(file, what, errno);
  if (S_ISDIR(facts.st_mode)) return unusable(file, what, "is a directory");
  if (!S_ISREG(facts.st_mode)) {
    return unusable(file, what, "is no regular file: name a file that holds it");
  }
  // Room for one byte more shows the end. The size of a kernel file is reported as 0.
  constexpr std::size_t kLeast = 4096;
  const auto size = static_cast<std::size_t>(facts.st_size);
  std::string text;
  std::size_t length = 0;
  while (length <= most) {
    if (length == text.size()) {
      const std::size_t wanted = std::max({size + 1, 2 * length, kLeast});
      text.resize(std::min(wanted, most + 1));
    }
    const ssize_t n = ::read(descriptor, text.data() + length, text.size() - length);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return unreadable(file, what, errno);
    if (n == 0) break;
    length += static_cast<std::size_t>(n);
  }
  if (length > most) {
    return unusable(file, what, "is larger than " + std::to_string(most >> 20U) + " MiB");
  }
  text.resize(length);
  return text;
}

Result<Secret> read_secret_file(const std::filesystem::path& file, std::string_view what) {
  auto text = read_small_file(file, what);
  if (!text) return std::move(text).error();
  const Secret whole(std::move(*text));
  Secret secret{std::string(trim(whole.reveal()))};
  if (secret.empty()) return unusable(file, what, "is empty");
  return secret;
}

Result<Secret> read_token_file(const std::filesystem::path& file, std::string_view what) {
  auto token = read_secret_file(file, what);
  if (token && token->reveal().find_first_of(" \t\r\n") != std::string_view::npos) {
    return unusable(file, what, "holds white space");
  }
  return token;
}

}  // namespace authzd
