// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Opens files below a directory and nowhere else, whatever links exist there, and even if they
// change meanwhile. It walks the path one name at a time from directories that stay open, and the
// kernel never follows a link. It does not use openat2(2), which systemd's RestrictSUIDSGID=
// blocks.
#pragma once

#include "daemon/source/child.hpp"

#include <filesystem>
#include <string>

namespace authzd {

class Beneath {
 public:
  /// `root` itself may be a link, or below one. Errors: errno of open(2), as Opened below.
  explicit Beneath(const std::filesystem::path& root);

  /// A descriptor, or the errno that explains its absence: EXDEV if the path leads out of the root;
  /// ENAMETOOLONG or ELOOP if it has more than 256 names, with or without the links on it.
  struct Opened {
    Descriptor file;
    int error = 0;
  };

  /// Never blocks and never becomes a controlling terminal, whatever the path leads to. `flags` are
  /// open(2)'s; "." is the root. Follows a link unless they contain O_NOFOLLOW.
  [[nodiscard]] Opened open(const std::string& path, int flags) const;

  /// 0, or why the root itself cannot be opened.
  [[nodiscard]] int error() const { return root_.error; }

 private:
  Opened root_;
  std::string named_root_;  // as given: an absolute link may use this name
};

}  // namespace authzd
