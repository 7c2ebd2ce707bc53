// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/new_files.hpp"

#include "daemon/cli/files.hpp"
#include "reconciler/base/text.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace authzd {
namespace {

namespace fs = std::filesystem;

Error failed(const fs::path& path, int error) {
  return {ErrorCode::unavailable,
          "cannot write " + printable(path.string()) + ": " + std::strerror(error)};
}

/// What has been made so far; unless it is kept, it goes again.
class Made {
 public:
  Made() = default;
  Made(const Made&) = delete;
  Made& operator=(const Made&) = delete;
  ~Made() {
    std::error_code ec;
    for (auto path = paths_.rbegin(); path != paths_.rend(); ++path) fs::remove(*path, ec);
  }

  void add(fs::path path) { paths_.push_back(std::move(path)); }
  void keep() { paths_.clear(); }

 private:
  std::vector<fs::path> paths_;
};

Result<void> make_folder(const fs::path& folder, Made& made) {
  std::error_code ec;
  if (fs::is_directory(folder, ec)) return {};
  const fs::path parent = folder.parent_path();
  if (!parent.empty()) {
    if (auto done = make_folder(parent, made); !done) return done;
  }
  if (!fs::create_directory(folder, ec) || ec) return failed(folder, ec ? ec.value() : EEXIST);
  made.add(folder);
  return {};
}

/// The files that are not there yet. Errors: those that are, with another text.
Result<std::vector<std::string>> missing_of(const fs::path& folder,
                                            const std::map<std::string, std::string>& texts) {
  std::vector<std::string> missing;
  std::vector<std::string> others;
  for (const auto& [name, text] : texts) {
    const fs::path path = folder / name;
    std::error_code ec;
    if (!fs::exists(fs::symlink_status(path, ec))) {
      missing.push_back(name);
      continue;
    }
    const auto there = fs::is_regular_file(path, ec) ? read_whole_file(path.string())
                                                     : Result<std::string>(failed(path, EEXIST));
    if (!there || *there != text) others.push_back(printable(path.string()));
  }
  if (others.empty()) return missing;
  return Error{ErrorCode::invalid_config,
               "there already, with another content: " + join(others, ", ") +
                   "; nothing is written: name another folder, or move what is there away"};
}

/// As one: written beside, then given its name, which must be free.
Result<void> write_one(const fs::path& path, const std::string& text, Made& made) {
  const fs::path beside = path.string() + "." + std::to_string(getpid()) + ".tmp";
  if (auto done = write_whole_file(beside.string(), text); !done) return done;
  const int linked = ::link(beside.c_str(), path.c_str());
  const int error = errno;
  std::error_code ec;
  fs::remove(beside, ec);
  if (linked != 0) return failed(path, error);
  made.add(path);
  return {};
}

}  // namespace

Result<void> write_new_files(const std::string& folder,
                             const std::map<std::string, std::string>& texts) {
  const fs::path root = fs::path(folder).lexically_normal();
  const auto missing = missing_of(root, texts);
  if (!missing) return missing.error();
  Made made;
  const fs::path trimmed = root.filename().empty() ? root.parent_path() : root;
  if (auto done = make_folder(trimmed, made); !done) return done;
  for (const std::string& name : *missing) {
    if (auto done = write_one(root / name, texts.at(name), made); !done) return done;
  }
  made.keep();
  return {};
}

}  // namespace authzd
