// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/git_files.hpp"

#include "reconciler/base/text.hpp"

#include <cerrno>
#include <stdlib.h>
#include <string.h>
#include <string>
#include <system_error>
#include <vector>

namespace authzd {

Result<TempDirectory> TempDirectory::make(const std::filesystem::path& parent) {
  std::string name = (parent / (std::string(kPrefix) + "XXXXXX")).string();
  if (::mkdtemp(name.data()) == nullptr) {
    return Error{
        ErrorCode::unavailable,
        "cannot make a directory in " + printable(parent.string()) + ": " + ::strerror(errno)};
  }
  TempDirectory directory;
  directory.path_ = name;
  return directory;
}

Result<TempDirectory> TempDirectory::make_anywhere() {
  std::error_code ec;
  const auto temporary = std::filesystem::temp_directory_path(ec);
  if (ec) {
    return Error{ErrorCode::unavailable,
                 "there is no directory for temporary files (TMPDIR): " + ec.message()};
  }
  return make(temporary);
}

TempDirectory::~TempDirectory() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

namespace {

namespace fs = std::filesystem;

Error cannot(const fs::path& path, const std::error_code& ec) {
  return {ErrorCode::unavailable, "cannot clean " + printable(path.string()) + ": " + ec.message()};
}

bool is_leftover(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.ends_with(".lock") || name.starts_with("tmp_");
}

Result<void> remove_all(const std::vector<fs::path>& paths) {
  for (const fs::path& path : paths) {
    std::error_code ec;
    fs::remove_all(path, ec);
    if (ec) return cannot(path, ec);
  }
  return {};
}

}  // namespace

bool is_whole(const fs::path& repository) {
  std::error_code ec;  // on an error, treat it as missing
  return fs::exists(repository / "HEAD", ec) && fs::exists(repository / "config", ec) &&
         fs::is_directory(repository / "objects", ec) && fs::is_directory(repository / "refs", ec);
}

bool is_outgrown(const fs::path& repository, const CopyLimits& limits) {
  std::error_code ec;
  std::size_t packs = 0;
  std::uint64_t bytes = 0;
  fs::directory_iterator entry(repository / "objects" / "pack", ec);
  for (; !ec && entry != fs::directory_iterator(); entry.increment(ec)) {
    packs += entry->path().extension() == ".pack" ? 1U : 0U;
    std::error_code none;
    const auto size = entry->file_size(none);
    if (!none) bytes += size;
  }
  return packs > limits.most_packs || bytes > limits.most_bytes;
}

Result<void> remove_leftovers(const fs::path& repository) {
  std::error_code ec;
  std::vector<fs::path> leftovers;
  fs::recursive_directory_iterator entry(repository, ec);
  while (!ec && entry != fs::recursive_directory_iterator()) {
    if (is_leftover(entry->path())) leftovers.push_back(entry->path());
    entry.increment(ec);
  }
  if (ec) return cannot(repository, ec);
  return remove_all(leftovers);
}

Result<void> remove_temporary(const fs::path& top) {
  std::error_code ec;
  std::vector<fs::path> leftovers;
  fs::directory_iterator entry(top, ec);
  for (; !ec && entry != fs::directory_iterator(); entry.increment(ec)) {
    if (entry->path().filename().string().starts_with(TempDirectory::kPrefix)) {
      leftovers.push_back(entry->path());
    }
  }
  if (ec) return cannot(top, ec);
  return remove_all(leftovers);
}

Result<void> remove_copy(const fs::path& repository) {
  std::error_code ec;
  fs::remove_all(repository, ec);
  if (ec) return cannot(repository, ec);
  return {};
}

}  // namespace authzd
