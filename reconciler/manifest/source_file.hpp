// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A file as the loaders get it: its name and its text. Nothing here opens one.
#pragma once

#include <cstddef>
#include <string>

namespace authzd {

struct SourceFile {
  std::string name;  // as it is to be shown
  std::string text;
};

/// Limits against hostile input; a file beyond one is one diagnostic, not a slow load.
struct LoadLimits {
  std::size_t max_file_bytes = 1U << 20U;
  std::size_t max_document_bytes = 256U << 10U;  // it is read in one step, and others wait for that
  std::size_t max_total_bytes = 8U << 20U;
  std::size_t max_grants = 20'000;   // of all files together
  std::size_t max_pairs = 5'000;     // of several sources with the targets of a document
  std::size_t max_assertions = 100;  // of all files together
  std::size_t max_depth = 32;
  std::size_t max_nodes = 200'000;  // a file, aliases expanded
  std::size_t max_aliases = 100;    // a document
};

}  // namespace authzd
