// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A position in a file.
#pragma once

#include <compare>
#include <string>

namespace authzd {

/// Lines and columns count from 1; 0 means "the file as a whole". Columns count characters.
struct SourcePos {
  std::string file;
  int line = 0;
  int column = 0;

  auto operator<=>(const SourcePos&) const = default;
};

/// "file:line:column", as far as known.
std::string to_string(const SourcePos& position);

}  // namespace authzd
