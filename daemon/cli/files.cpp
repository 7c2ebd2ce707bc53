// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/files.hpp"

#include "daemon/net/small_file.hpp"
#include "reconciler/base/text.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <system_error>
#include <unistd.h>

namespace authzd {
namespace {

Error failed(std::string_view doing, const std::string& path, int error) {
  return {ErrorCode::unavailable,
          "cannot " + std::string(doing) + " " + printable(path) + ": " + std::strerror(error)};
}

/// More than `most` bytes only where there are more.
std::string read_up_to(std::istream& in, std::size_t most) {
  std::string text;
  std::string part(64U << 10U, '\0');
  while (in && text.size() <= most) {
    in.read(part.data(), static_cast<std::streamsize>(part.size()));
    text.append(part, 0, static_cast<std::size_t>(in.gcount()));
  }
  return text;
}

}  // namespace

Result<std::string> read_whole_file(const std::string& path, std::size_t most) {
  std::error_code ec;
  if (std::filesystem::is_directory(path, ec)) return failed("read", path, EISDIR);
  std::ifstream in(path, std::ios::binary);
  if (!in) return failed("read", path, errno);
  auto text = read_up_to(in, most);
  if (in.bad()) return failed("read", path, errno);
  if (text.size() > most) {
    return Error{ErrorCode::invalid_manifest,
                 printable(path) + " has more than " + std::to_string(most >> 20U) + " MiB"};
  }
  return text;
}

Result<std::string> read_configuration(const std::string& path) {
  return read_small_file(path, "the configuration", kMostConfigurationBytes);
}

Result<std::string> read_standard_input(std::size_t most) {
  std::string text = read_up_to(std::cin, most);
  if (std::cin.bad()) return Error{ErrorCode::unavailable, "cannot read standard input"};
  if (text.size() <= most) return text;
  return Error{ErrorCode::invalid_manifest,
               "standard input has more than " + std::to_string(most) + " bytes"};
}

Result<void> write_whole_file(const std::string& path, std::string_view text) {
  std::error_code ec;
  const auto status = std::filesystem::status(path, ec);
  const bool in_place =
      std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
  const std::string target = in_place ? path : path + "." + std::to_string(getpid()) + ".tmp";
  {
    std::ofstream out(target, std::ios::binary | std::ios::trunc);
    out << text << std::flush;
    if (!out) return failed("write", path, errno);
  }
  if (in_place) return {};  // a pipe, /dev/stdout, …
  std::filesystem::rename(target, path, ec);
  if (ec) return failed("write", path, ec.value());
  return {};
}

bool is_forbidden_file(const std::string& path) {
  return access(path.c_str(), R_OK) != 0 && errno == EACCES;
}

bool is_missing_file(const std::string& path) {
  std::error_code ec;
  const std::filesystem::path file(path);
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  if (!std::filesystem::is_directory(folder, ec)) return false;
  return !std::filesystem::exists(file, ec) && !ec;
}

bool is_open_to_all(const std::string& path) {
  std::error_code ec;
  const auto status = std::filesystem::status(path, ec);
  if (ec) return false;
  return (status.permissions() & std::filesystem::perms::others_read) !=
         std::filesystem::perms::none;
}

}  // namespace authzd
