// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/small_file.hpp"

#include "reconciler/base/text.hpp"

#include <cerrno>
#include <fstream>
#include <system_error>
#include <utility>

namespace authzd {
namespace {

constexpr std::size_t kLargestFile = 1U << 20U;

Error unusable(const std::filesystem::path& file, std::string_view what, const std::string& why) {
  return Error{ErrorCode::invalid_config,
               std::string(what) + " in " + printable(file.string()) + " " + why};
}

}  // namespace

Result<std::string> read_small_file(const std::filesystem::path& file, std::string_view what) {
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
  if (text.size() > kLargestFile) return unusable(file, what, "is larger than 1 MiB");
  text.shrink_to_fit();
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
