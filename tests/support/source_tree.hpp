// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Where the sources lie, for tests that read files of the tree. The path is compiled into one
// object, so that all others are the same in every checkout and come from the compiler's cache.
#pragma once

#include <string>

namespace authzd::test {

/// Absolute; `below` is added to it.
std::string source_path(const std::string& below);

}  // namespace authzd::test
