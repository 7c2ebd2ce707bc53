// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Opens files below a directory, and none elsewhere: whatever links lie there, and whoever turns
// them meanwhile. The path is walked one name at a time from directories that are held open, and no
// link is followed by the kernel. Not by openat2(2): RestrictSUIDSGID= of systemd takes that away.
#pragma once

#include "daemon/source/child.hpp"

#include <filesystem>
#include <string>

namespace authzd {

class Beneath {
 public:
  /// `root` itself may be a link, or lie behind one. Errors: errno of open(2), as Opened below.
  explicit Beneath(const std::filesystem::path& root);

  /// A descriptor, or the errno of why there is none: EXDEV where the path leads out of the root;
  /// ENAMETOOLONG or ELOOP where it, or it with the links on it, has more than 256 names.
  struct Opened {
    Descriptor file;
    int error = 0;
  };

  /// Never blocks and never becomes a controlling terminal, whatever the path leads to. `flags` are
  /// open(2)'s; "." is the root. A link is followed unless they hold O_NOFOLLOW.
  [[nodiscard]] Opened open(const std::string& path, int flags) const;

  /// 0, or why the root itself cannot be opened.
  [[nodiscard]] int error() const { return root_.error; }

 private:
  Opened root_;
  std::string named_root_;  // as it was given: an absolute link may name it so
};

}  // namespace authzd
