// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/directory_reader.hpp"

#include "daemon/net/process_limits.hpp"
#include "daemon/source/manifest_names.hpp"
#include "reconciler/base/digest.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace authzd {
namespace {

namespace fs = std::filesystem;

Error refused(const std::string& path, std::string_view why) {
  return {ErrorCode::invalid_manifest, printable(path) + " " + std::string(why)};
}

Error unreadable(const std::string& path, int error) {
  return {code_of(error, ErrorCode::unavailable),
          "cannot read " + printable(path) + ": " + std::strerror(error)};
}

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using OpenDirectory = std::unique_ptr<DIR, CloseDirectory>;

OpenDirectory list_of(Descriptor directory) {
  DIR* list = ::fdopendir(directory.get());
  if (list != nullptr) directory.release();
  return OpenDirectory(list);
}

std::string to_text(const timespec& time) {
  return std::to_string(time.tv_sec) + "." + std::to_string(time.tv_nsec);
}

/// Every write, rename and replacement changes one of these, and nobody can reset all of them.
std::string trace_of(const struct stat& facts) {
  return std::to_string(facts.st_dev) + ":" + std::to_string(facts.st_ino) + ":" +
         std::to_string(facts.st_size) + ":" + to_text(facts.st_mtim) + ":" +
         to_text(facts.st_ctim);
}

/// Nobody can set this one.
std::chrono::system_clock::time_point change_of(const struct stat& facts) {
  const auto time =
      std::chrono::seconds(facts.st_ctim.tv_sec) + std::chrono::nanoseconds(facts.st_ctim.tv_nsec);
  return std::chrono::system_clock::time_point(time);
}

std::string_view kind_of(mode_t mode) {
  if (S_ISFIFO(mode)) return "is a FIFO; a manifest is a file";
  if (S_ISSOCK(mode)) return "is a socket; a manifest is a file";
  if (S_ISDIR(mode)) return "is a link to a directory; name that directory in paths";
  return "is a device; a manifest is a file";
}

/// Reads to the end, or one byte more than `most`. Less than 0: errno has the reason.
ssize_t read_up_to(int file, std::string& text, std::size_t most) {
  text.resize(most + 1);
  std::size_t length = 0;
  while (length < text.size()) {
    const ssize_t n = ::read(file, text.data() + length, text.size() - length);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return n;
    if (n == 0) break;
    length += static_cast<std::size_t>(n);
  }
  text.resize(length);
  return static_cast<ssize_t>(length);
}

}  // namespace

Result<DirectoryReader> DirectoryReader::list(const fs::path& root,
                                              const std::vector<std::string>& paths,
                                              const DirectoryLimits& limits) {
  DirectoryReader reader(root, limits);
  if (reader.below_.error() == ENOTDIR) {
    if (auto added = reader.add_root_file(); !added) return std::move(added).error();
  } else if (reader.below_.error() != 0) {
    return reader.cannot_open(".", reader.below_.error());
  } else {
    if (auto read = reader.read_rules(); !read) return std::move(read).error();
    for (const std::string& path : paths) {
      if (auto added = reader.add_path(path); !added) return std::move(added).error();
    }
  }
  std::ranges::sort(reader.found_, {}, &Found::path);
  const auto same = [](const Found& a, const Found& b) { return a.path == b.path; };
  reader.found_.erase(std::unique(reader.found_.begin(), reader.found_.end(), same),
                      reader.found_.end());
  for (const Found& file : reader.found_) reader.bytes_ += file.size;
  if (auto fits = reader.check_limits(); !fits) return std::move(fits).error();
  return reader;
}

/// The rules are part of the reading: two readings agree only if they are equal.
Result<void> DirectoryReader::read_rules() {
  const std::string path(kIgnoreFile);
  const auto [file, error] = open(path, O_RDONLY);
  if (error == ENOENT) return {};
  if (error != 0) return cannot_open(path, error);
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0) return unreadable(shown(path), errno);
  if (!S_ISREG(facts.st_mode)) return refused(shown(path), "is no file");
  std::string text;
  if (read_up_to(file.get(), text, kMostIgnoreBytes) < 0) return unreadable(shown(path), errno);
  auto rules = IgnoreRules::parse(text);
  if (!rules) return std::move(rules).error().context("reading " + printable(shown(path)));
  rules_ = std::move(*rules);
  rules_trace_ = trace_of(facts);
  rules_changed_ = change_of(facts);
  return {};
}

Result<void> DirectoryReader::check_limits() const {
  if (bytes_ <= limits_.most_bytes) return {};
  return refused(shown("."),
                 "holds " + std::to_string(bytes_) + " bytes of manifests; the limit is " +
                     std::to_string(limits_.most_bytes) +
                     " (source.maxBytes). Nothing of it was read");
}

Beneath::Opened DirectoryReader::open(const std::string& path, int flags) const {
  if (!path.empty()) return below_.open(path, flags);
  Descriptor file(::open(root_.c_str(), flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  const int error = file.get() < 0 ? errno : 0;
  return {std::move(file), error};
}

/// The operator named the root, so it may be a link to anywhere.
Result<void> DirectoryReader::add_root_file() {
  const auto [file, error] = open("", O_RDONLY);
  if (error != 0) return cannot_open("", error);
  return add_file("", file);
}

Result<void> DirectoryReader::add_path(const std::string& configured) {
  std::string path = fs::path(configured).lexically_normal().string();
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  const auto [file, error] = open(path, O_PATH);
  if (error == ENOENT) {
    return Error{ErrorCode::invalid_manifest,
                 "the manifests' path " + printable(shown(path)) + " does not exist"};
  }
  if (error != 0) return cannot_open(path, error);
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0) return unreadable(shown(path), errno);
  return S_ISDIR(facts.st_mode) ? add_tree(path) : add_file(path, file);
}

Result<void> DirectoryReader::add_tree(const std::string& top) {
  const auto is_ignored = top == "." ? Result<bool>(false) : rules_.ignores_folder(top);
  if (!is_ignored) return is_ignored.error();
  std::vector<Folder> to_do{{top, *is_ignored}};
  while (!to_do.empty()) {
    const Folder folder = std::move(to_do.back());
    to_do.pop_back();
    // The configured path may be a link; the entries below it were no links when listed.
    const int flags = O_RDONLY | O_DIRECTORY | (folder.path == top ? 0 : O_NOFOLLOW);
    auto [file, error] = open(folder.path, flags);
    if (error != 0 && folder.is_ignored) continue;  // it was not requested
    if (error != 0) return cannot_open(folder.path, error);
    if (auto added = add_folder(folder, std::move(file), to_do); !added) return added;
  }
  return {};
}

Result<void> DirectoryReader::add_folder(const Folder& folder,
                                         Descriptor file,
                                         std::vector<Folder>& to_do) {
  const OpenDirectory directory = list_of(std::move(file));
  if (directory == nullptr) return unreadable(shown(folder.path), errno);
  errno = 0;
  while (const dirent* entry = ::readdir(directory.get())) {
    if (++entries_ > limits_.most_entries) {
      return refused(shown("."),
                     "has more than " + std::to_string(limits_.most_entries) +
                         " entries; give the manifests a directory of their own");
    }
    if (is_hidden_name(entry->d_name)) continue;
    const std::string path = folder.path == "." ? entry->d_name : folder.path + "/" + entry->d_name;
    if (auto added = add_entry(::dirfd(directory.get()), folder, path, to_do); !added) return added;
    errno = 0;
  }
  if (errno != 0) return unreadable(shown(folder.path), errno);
  return {};
}

/// Directories are entered later, manifests are added, anything else is skipped.
Result<void> DirectoryReader::add_entry(int directory,
                                        const Folder& folder,
                                        const std::string& path,
                                        std::vector<Folder>& to_do) {
  const std::string name = path.substr(path.rfind('/') + 1);
  struct stat facts {};
  if (::fstatat(directory, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) {
    return errno == ENOENT ? Result<void>{} : unreadable(shown(path), errno);
  }
  const bool is_folder = S_ISDIR(facts.st_mode);
  const bool is_manifest = !is_folder && is_manifest_name(name);
  Result<bool> is_ignored(folder.is_ignored);
  if (is_folder && !folder.is_ignored) is_ignored = rules_.ignores_folder(path);
  if (is_manifest && !folder.is_ignored) is_ignored = rules_.ignores_file(path);
  if (!is_ignored) return is_ignored.error();
  if (is_folder) {
    to_do.push_back({path, *is_ignored});
    if (is_manifest_name(name)) manifest_folders_.push_back(shown(path));
  } else if (is_manifest && *is_ignored) {
    ignored_.push_back(shown(path));
  } else if (is_manifest) {
    return add_linked(path);
  } else if (!S_ISREG(facts.st_mode)) {
    not_followed_.push_back(shown(path));  // also a link to what is not there at the moment
  }
  return {};
}

/// A file, or a link to one.
Result<void> DirectoryReader::add_linked(const std::string& path) {
  const auto [file, error] = open(path, O_PATH);
  if (error == ENOENT) return refused(shown(path), "is a link that leads nowhere");
  if (error == ELOOP) {
    return refused(shown(path),
                   "is a link that leads to itself, or through too many links and folders");
  }
  if (error != 0) return cannot_open(path, error);
  return add_file(path, file);
}

Result<void> DirectoryReader::add_file(std::string path, const Descriptor& file) {
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0) return unreadable(shown(path), errno);
  if (!S_ISREG(facts.st_mode)) return refused(shown(path), kind_of(facts.st_mode));
  if (found_.size() >= limits_.most_files) {
    return refused(shown(path),
                   "is one of more than " + std::to_string(limits_.most_files) + " files");
  }
  found_.push_back({std::move(path),
                    static_cast<std::uint64_t>(facts.st_size),
                    trace_of(facts),
                    change_of(facts)});
  return {};
}

Result<void> DirectoryReader::read_next() {
  const Found& listed = found_[next_++];
  const auto [file, error] = open(listed.path, O_RDONLY);
  if (error != 0) return cannot_open(listed.path, error);
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0) return unreadable(shown(listed.path), errno);
  const bool is_same = S_ISREG(facts.st_mode) && trace_of(facts) == listed.trace;
  std::string text;
  if (is_same && read_up_to(file.get(), text, listed.size) < 0) {
    return unreadable(shown(listed.path), errno);
  }
  if (!is_same || text.size() != listed.size) {
    return Error{ErrorCode::unavailable,
                 printable(shown(listed.path)) + " has changed while it was read"};
  }
  texts_.insert_or_assign(shown(listed.path), std::move(text));
  return {};
}

std::string DirectoryReader::traces() const {
  std::string traces = rules_trace_;
  for (const Found& file : found_) traces += file.path + '\0' + file.trace + '\0';
  return sha256_hex(traces);
}

DirectoryReading DirectoryReader::finish() && {
  DirectoryReading reading;
  reading.traces = traces();
  auto changed = rules_changed_;
  for (const Found& file : found_) changed = std::max(changed, file.changed);
  reading.quiet_for = std::chrono::floor<std::chrono::milliseconds>(began_ - changed);
  if (has_more()) return reading;
  // Over names and texts, each with its length, so that moving a byte between them is visible.
  Sha256 digest;
  for (auto& [name, text] : texts_) {
    digest.add(std::to_string(name.size()) + ":" + name + std::to_string(text.size()) + ":");
    digest.add(text);
    reading.snapshot.files.push_back({name, std::move(text)});
  }
  constexpr std::size_t kDigits = 32;  // an author of manifests must not find a collision
  reading.snapshot.revision = "dir:" + std::move(digest).hex().substr(0, kDigits);
  reading.snapshot.not_followed = std::move(not_followed_);
  reading.snapshot.manifest_folders = std::move(manifest_folders_);
  std::erase_if(ignored_, [this](const std::string& name) { return texts_.contains(name); });
  std::ranges::sort(ignored_);
  ignored_.erase(std::unique(ignored_.begin(), ignored_.end()), ignored_.end());
  reading.snapshot.ignored = std::move(ignored_);
  return reading;
}

/// As the person wrote the root.
std::string DirectoryReader::shown(const std::string& path) const {
  const bool is_root = path.empty() || path == ".";
  return (is_root ? root_ : root_ / path).lexically_normal().string();
}

Error DirectoryReader::cannot_open(const std::string& path, int error) const {
  if (error == EXDEV) {
    return refused(shown(path),
                   "is a link that leads out of " + printable(shown(".")) +
                       "; a source reads only what lies below its root: copy the file into it");
  }
  if (error == ENOENT && (path.empty() || path == ".")) {
    return Error{ErrorCode::invalid_manifest,
                 "the manifests' path " + printable(shown(path)) + " does not exist"};
  }
  return unreadable(shown(path), error);
}

Result<DirectoryReading> read_directory(const fs::path& root,
                                        const std::vector<std::string>& paths,
                                        const DirectoryLimits& limits,
                                        const std::string& unchanged) {
  auto reader = DirectoryReader::list(root, paths, limits);
  if (!reader) return std::move(reader).error();
  if (!unchanged.empty() && reader->traces() == unchanged) return std::move(*reader).finish();
  while (reader->has_more()) {
    if (auto read = reader->read_next(); !read) return std::move(read).error();
  }
  return std::move(*reader).finish();
}

}  // namespace authzd
