// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/support/source_tree.hpp"

namespace authzd::test {

std::string source_path(const std::string& below) {
  return AUTHZD_SOURCE_DIR "/" + below;
}

}  // namespace authzd::test
