// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/credential_file.hpp"

#include "reconciler/base/text.hpp"

#include <cerrno>
#include <fstream>
#include <string>
#include <system_error>

namespace authzd {
namespace {

constexpr std::size_t kLargestFile = 64U << 10U;

Error unusable(const std::filesystem::path& file, std::string_view what, const std::string& why) {
  return Error{ErrorCode::invalid_config, std::string(what) + " " + why}.context(
      "reading " + printable(file.string()));
}

}  // namespace

Result<Secret> read_credential(const std::filesystem::path& file, std::string_view what) {
  std::error_code ec;
  if (std::filesystem::is_directory(file, ec)) return unusable(file, what, "is a directory");
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  std::string text(kLargestFile + 1, '\0');
  if (stream) stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!stream.is_open() || stream.bad()) {
    const int cause = errno == 0 ? EIO : errno;
    return unusable(file, what, "cannot be read: " + std::generic_category().message(cause));
  }
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > kLargestFile) return unusable(file, what, "is too long");
  const Secret whole(std::move(text));
  Secret secret{std::string(trim(whole.reveal()))};
  if (secret.empty()) return unusable(file, what, "is empty");
  return secret;
}

Result<Secret> read_token_file(const std::filesystem::path& file, std::string_view what) {
  auto token = read_credential(file, what);
  if (token && token->reveal().find_first_of(" \t\r\n") != std::string_view::npos) {
    return unusable(file, what, "holds white space");
  }
  return token;
}

}  // namespace authzd
