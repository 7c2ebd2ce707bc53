// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/inotify.hpp"

#include "daemon/source/manifest_names.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/manifest/ignore_rules.hpp"

#include <cerrno>
#include <cstring>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <system_error>

namespace authzd {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kConfigMapLink = "..data";
constexpr std::uint32_t kContent =
    IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;
constexpr std::uint32_t kSelf = IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT;

Error exhausted(const fs::path& path) {
  std::string message = "cannot watch " + printable(path.string()) + ": " + ::strerror(errno);
  if (errno == ENOSPC) message += "; raise the sysctl fs.inotify.max_user_watches";
  if (errno == EMFILE) message += "; raise the sysctl fs.inotify.max_user_instances";
  return {ErrorCode::unavailable, std::move(message)};
}

Error too_many(const fs::path& root, std::size_t most_entries) {
  return {ErrorCode::unavailable,
          "cannot watch " + printable(root.string()) + ": more than " +
              count_of(most_entries, "file and folder", "files and folders") + " lie below it"};
}

/// A new file that is still open causes another event when it is closed. A link, a second name of a
/// file and a directory are complete at once.
bool is_whole_when_made(const fs::path& path) {
  struct stat facts {};
  if (::lstat(path.c_str(), &facts) != 0) return false;
  return !S_ISREG(facts.st_mode) || facts.st_nlink > 1;
}

bool is_about_manifests(std::string_view name) {
  return name == kConfigMapLink || name == kIgnoreFile ||
         (!is_hidden_name(name) && !name.ends_with('~'));
}

}  // namespace

Result<InotifyWatches> InotifyWatches::make(const fs::path& root, std::size_t most_entries) {
  InotifyWatches watches;
  watches.inotify_ = Descriptor(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (watches.inotify_.get() < 0) return exhausted(root);
  std::error_code ec;
  const fs::path whole = fs::absolute(root, ec).lexically_normal();
  if (ec) return exhausted(root);
  if (auto added = watches.add_way_to(whole); !added) return std::move(added).error();
  if (auto added = watches.add_tree(whole, most_entries); !added) return std::move(added).error();
  return watches;
}

Result<void> InotifyWatches::add(const fs::path& directory, const std::string& only) {
  const int id =
      ::inotify_add_watch(inotify_.get(), directory.c_str(), kContent | kSelf | IN_ONLYDIR);
  if (id < 0) {
    const bool is_gone = errno == ENOENT || errno == ENOTDIR || errno == EACCES || errno == ELOOP;
    return is_gone ? Result<void>{} : Result<void>(exhausted(directory));
  }
  const auto [at, is_new] = watches_.try_emplace(id, Watch{directory, {}});
  if (only.empty()) {
    at->second.names.clear();
  } else if (is_new || !at->second.names.empty()) {
    at->second.names.insert(only);
  }
  return {};
}

/// Watches the folder above the root, and each folder on the path where there is a link, or
/// nothing.
Result<void> InotifyWatches::add_way_to(const fs::path& root) {
  fs::path folder = root.root_path();
  const fs::path way = root.relative_path();
  for (auto part = way.begin(); part != way.end(); ++part) {
    std::error_code ec;
    const auto status = fs::symlink_status(folder / *part, ec);
    const bool is_last = std::next(part) == way.end() || std::next(part)->empty();
    const bool is_missing = status.type() == fs::file_type::not_found;
    if (is_last || is_missing || fs::is_symlink(status)) {
      if (auto added = add(folder, part->string()); !added) return added;
    }
    if (is_missing) break;
    folder /= *part;
  }
  return {};
}

Result<void> InotifyWatches::add_tree(const fs::path& root, std::size_t most_entries) {
  std::error_code ec;
  if (!fs::is_directory(root, ec)) return {};
  if (auto added = add(root, ""); !added) return added;
  // The watch above reports anything that disappears during the scan.
  fs::recursive_directory_iterator entry(root, fs::directory_options::skip_permission_denied, ec);
  std::size_t entries = 0;
  while (!ec && entry != fs::recursive_directory_iterator()) {
    if (++entries > most_entries) return too_many(root, most_entries);
    const bool is_hidden = is_hidden_name(entry->path().filename().string());
    if (is_hidden) entry.disable_recursion_pending();
    // Both use data of the listing, without another file system call.
    if (!is_hidden && !entry->is_symlink(ec) && entry->is_directory(ec)) {
      if (auto added = add(entry->path(), ""); !added) return added;
    }
    entry.increment(ec);
  }
  return {};
}

InotifyNews InotifyWatches::news(std::string_view events) const {
  InotifyNews all;
  while (events.size() >= sizeof(inotify_event)) {
    inotify_event event{};
    std::memcpy(&event, events.data(), sizeof event);
    events.remove_prefix(sizeof event);
    const std::string_view padded = events.substr(0, event.len);
    events.remove_prefix(padded.size());
    const InotifyNews one = news_of(event.wd, event.mask, padded.substr(0, padded.find('\0')));
    all.has_changed = all.has_changed || one.has_changed;
    all.is_moved = all.is_moved || one.is_moved;
  }
  return all;
}

InotifyNews InotifyWatches::news_of(int watch, std::uint32_t mask, std::string_view name) const {
  if ((mask & IN_Q_OVERFLOW) != 0) return {true, true};
  const auto at = watches_.find(watch);
  if (at == watches_.end() || (mask & IN_IGNORED) != 0) return {};
  if ((mask & kSelf) != 0) return {true, true};
  const auto& [directory, names] = at->second;
  if (!names.empty()) {
    const bool is_on_the_way = names.contains(std::string(name));
    return {is_on_the_way, is_on_the_way};
  }
  if (!is_about_manifests(name)) return {};
  if ((mask & IN_ISDIR) != 0) return {true, true};
  if ((mask & IN_CREATE) != 0 && !is_whole_when_made(directory / name)) return {};
  return {true, false};
}

}  // namespace authzd
