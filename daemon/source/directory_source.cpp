// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/directory_source.hpp"

#include "daemon/source/manifest_names.hpp"
#include "reconciler/base/digest.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <system_error>

namespace authzd {
namespace {

namespace fs = std::filesystem;

using Files = std::map<std::string, std::string>;  // text by name

Error unreadable(const fs::path& path, std::string_view why) {
  return {ErrorCode::unavailable,
          "cannot read " + printable(path.string()) + ": " + std::string(why)};
}

Result<void> read_file(const fs::path& path, Files& files) {
  std::error_code ec;
  const auto size = fs::file_size(path, ec);
  if (ec) return unreadable(path, ec.message());
  if (size > kMostFileBytes) return unreadable(path, "the file is larger than 64 MiB");
  if (files.size() >= kMostFiles) return unreadable(path, "there are more than 20,000 files");

  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in.is_open() || in.bad()) return unreadable(path, std::strerror(errno));
  files.insert_or_assign(path.lexically_normal().string(), std::move(text).str());
  return {};
}

/// Takes one entry of a directory: a manifest is read, a directory is entered, all else is left.
Result<void> take_entry(fs::recursive_directory_iterator& entry, Files& files) {
  std::error_code ec;
  const std::string name = entry->path().filename().string();
  if (is_hidden_name(name)) {
    entry.disable_recursion_pending();
    return {};
  }
  if (!is_manifest_name(name)) return {};
  const auto status = entry->status(ec);  // follows a link
  if (ec || status.type() == fs::file_type::not_found) {
    return unreadable(entry->path(), ec ? ec.message() : "the link leads nowhere");
  }
  if (!fs::is_regular_file(status)) return {};
  return read_file(entry->path(), files);
}

Result<void> read_tree(const fs::path& top, Files& files) {
  std::error_code ec;
  fs::recursive_directory_iterator entry(top, ec);
  if (ec) return unreadable(top, ec.message());
  while (entry != fs::recursive_directory_iterator()) {
    if (auto taken = take_entry(entry, files); !taken) return taken;
    entry.increment(ec);
    if (ec) return unreadable(top, ec.message());
  }
  return {};
}

Result<void> read_path(const fs::path& path, Files& files) {
  std::error_code ec;
  const auto status = fs::status(path, ec);
  if (status.type() == fs::file_type::not_found) {
    return Error{ErrorCode::invalid_manifest,
                 "the manifests' path " + printable(path.string()) + " does not exist"};
  }
  if (ec) return unreadable(path, ec.message());
  return fs::is_directory(status) ? read_tree(path, files) : read_file(path, files);
}

/// Over names and text, each with its length, so that moving a byte between them shows.
std::string digest(const Files& files) {
  std::string all;
  for (const auto& [name, text] : files) {
    all += std::to_string(name.size()) + ":" + name + std::to_string(text.size()) + ":" + text;
  }
  return "dir:" + sha256_hex(all).substr(0, 12);
}

}  // namespace

Result<Snapshot> read_directory(const fs::path& root, const std::vector<std::string>& paths) {
  Files files;
  for (const std::string& path : paths) {
    const fs::path full = path == "." ? root : root / path;
    if (auto read = read_path(full, files); !read) return std::move(read).error();
  }
  Snapshot snapshot{digest(files), {}};
  for (auto& [name, text] : files) snapshot.files.push_back({name, std::move(text)});
  return snapshot;
}

Async<Fetched> DirectorySource::fetch(std::vector<std::string> paths, std::string) {
  auto snapshot = read_directory(root_, paths);
  if (!snapshot) co_return std::move(snapshot).error();
  co_return std::move(*snapshot);
}

}  // namespace authzd
