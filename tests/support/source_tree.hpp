// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The location of the sources, for tests that read files of the tree. The path is compiled into one
// object, so that all others are equal in every checkout and come from the compiler cache.
#pragma once

#include <string>

namespace authzd::test {

/// Absolute; `below` is appended.
std::string source_path(const std::string& below);

}  // namespace authzd::test
