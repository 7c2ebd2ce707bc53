// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/file_text.hpp"

#include "reconciler/base/text.hpp"

#include <cerrno>
#include <fstream>
#include <string.h>

namespace authzd {
namespace {

constexpr std::size_t kMostBytes = 1U << 20U;

Error unusable(const std::string& file, std::string_view why) {
  return {ErrorCode::invalid_config, printable(file) + " " + std::string(why)};
}

}  // namespace

Result<std::string> read_file_text(const std::string& file) {
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  std::string text(kMostBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || (in.fail() && !in.eof())) {
    const int reason = errno;
    return unusable(file, std::string("cannot be read: ") + ::strerror(reason));
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kMostBytes) return unusable(file, "is larger than 1 MiB");
  text.shrink_to_fit();
  return text;
}

Result<Secret> read_secret_file(const std::string& file) {
  auto text = read_file_text(file);
  if (!text) return std::move(text).error();
  const Secret whole(std::move(*text));
  const std::string_view secret = trim(whole.reveal());
  if (secret.empty()) return unusable(file, "is empty");
  if (secret.find_first_of("\r\n") != std::string_view::npos || secret.size() > 8192) {
    return unusable(file, "does not hold one line with a token");
  }
  return Secret(std::string(secret));
}

}  // namespace authzd
