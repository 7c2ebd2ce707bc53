// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/temp_directory.hpp"

#include "reconciler/base/text.hpp"

#include <cerrno>
#include <stdlib.h>
#include <string.h>
#include <string>

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

TempDirectory::~TempDirectory() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace authzd
