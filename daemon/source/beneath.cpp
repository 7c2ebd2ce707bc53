// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/beneath.hpp"

#include <climits>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace authzd {
namespace {

constexpr int kAlways = O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
constexpr int kMostLinks = 40;           // as in the kernel
constexpr std::size_t kMostNames = 256;  // per path, so that links cannot make the walk long

using Opened = Beneath::Opened;

Opened opened(int descriptor) {
  if (descriptor < 0) return {Descriptor(), errno};
  return {Descriptor(descriptor), 0};
}

Opened refused(int error) {
  return {Descriptor(), error};
}

/// The path of an open file according to the kernel; empty if unknown.
std::string place_of(const Descriptor& file) {
  std::error_code ec;
  const auto link = "/proc/self/fd/" + std::to_string(file.get());
  return std::filesystem::read_symlink(link, ec).string();
}

bool is_link(const struct stat& facts) {
  return S_ISLNK(facts.st_mode);
}

/// The target of an open link; empty if it cannot be read, or is too long.
std::string target_of(const Descriptor& link) {
  std::array<char, PATH_MAX> text{};
  const ssize_t size = ::readlinkat(link.get(), "", text.data(), text.size());
  const bool is_whole = size > 0 && static_cast<std::size_t>(size) < text.size();
  return is_whole ? std::string(text.data(), static_cast<std::size_t>(size)) : std::string();
}

/// The rest of an absolute path after the directory; none if it is not below it.
std::optional<std::string> behind(const std::string& path, const std::string& directory) {
  if (directory.empty() || !path.starts_with(directory)) return std::nullopt;
  if (path.size() > directory.size() && path[directory.size()] != '/') return std::nullopt;
  return path.substr(directory.size());
}

/// The path from the root to a file, one name at a time. Each directory on it remains open, so that
/// ".." returns to where it came from, whatever is moved meanwhile, and never goes above the root.
class Walk {
 public:
  Walk(const Descriptor& root, const std::string& named_root) : root_(root), named_(named_root) {}

  Opened open(const std::string& path, int flags) {
    if (!push(path)) return refused(ENAMETOOLONG);
    while (!names_.empty()) {
      const std::string name = std::move(names_.back());
      names_.pop_back();
      if (name == "..") {
        if (passed_.empty()) return refused(EXDEV);
        passed_.pop_back();
        continue;
      }
      if (Opened end = step(name, flags); end.error != 0 || end.file.get() >= 0) return end;
    }
    return opened(::openat(here(), ".", flags | kAlways));
  }

 private:
  [[nodiscard]] int here() const { return passed_.empty() ? root_.get() : passed_.back().get(); }

  /// Adds names to visit; "." and empty ones are skipped. False: too many in total.
  [[nodiscard]] bool push(std::string_view path) {
    while (!path.empty()) {
      const std::size_t slash = path.rfind('/');
      const std::string_view name = slash == path.npos ? path : path.substr(slash + 1);
      path = slash == path.npos ? std::string_view() : path.substr(0, slash);
      if (name.empty() || name == ".") continue;
      if (++count_ > kMostNames) return false;
      names_.emplace_back(name);
    }
    return true;
  }

  /// Neither a file nor an error: the walk continues.
  Opened step(const std::string& name, int flags) {
    Opened entry = opened(::openat(here(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (entry.error != 0) return entry;
    struct stat facts {};
    if (::fstat(entry.file.get(), &facts) != 0) return refused(errno);
    if (is_link(facts)) return follow(entry.file, flags);
    // A link that replaces the file at this moment is not followed.
    if (names_.empty()) return opened(::openat(here(), name.c_str(), flags | O_NOFOLLOW | kAlways));
    if (!S_ISDIR(facts.st_mode)) return refused(ENOTDIR);
    passed_.push_back(std::move(entry.file));
    return {};
  }

  Opened follow(const Descriptor& link, int flags) {
    if (names_.empty() && (flags & O_NOFOLLOW) != 0) return refused(ELOOP);
    if (++links_ > kMostLinks) return refused(ELOOP);
    const std::string target = target_of(link);
    if (target.empty()) return refused(EIO);
    if (target.front() != '/') return push(target) ? Opened() : refused(ELOOP);
    auto rest = behind(target, place_of(root_));
    if (!rest) rest = behind(target, named_);
    if (!rest) return refused(EXDEV);
    passed_.clear();
    return push(*rest) ? Opened() : refused(ELOOP);
  }

  const Descriptor& root_;
  const std::string& named_;
  std::vector<std::string> names_ = {};  // to visit, the next one last
  std::vector<Descriptor> passed_ = {};
  int links_ = 0;
  std::size_t count_ = 0;  // of all names on the path, visited or not
};

}  // namespace

Beneath::Beneath(const std::filesystem::path& root)
    : root_(opened(::open(root.empty() ? "." : root.c_str(), O_DIRECTORY | O_RDONLY | kAlways))),
      named_root_(root.lexically_normal().string()) {
  if (named_root_.ends_with('/')) named_root_.pop_back();
}

Beneath::Opened Beneath::open(const std::string& path, int flags) const {
  if (root_.error != 0) return refused(root_.error);
  if (path.starts_with('/')) return refused(EXDEV);
  return Walk(root_.file, named_root_).open(path, flags);
}

}  // namespace authzd
