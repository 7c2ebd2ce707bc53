// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The input of the loaders: the name and the text of a file. Nothing here opens a file.
#pragma once

#include <cstddef>
#include <string>

namespace authzd {

struct SourceFile {
  std::string name;  // as displayed
  std::string text;
};

/// Limits against hostile input; a file that exceeds one gives one diagnostic, not a slow load.
struct LoadLimits {
  std::size_t max_file_bytes = 1U << 20U;
  std::size_t max_document_bytes = 256U << 10U;  // it is parsed in one step, and blocks others
                                                 // meanwhile
  std::size_t max_total_bytes = 8U << 20U;
  std::size_t max_grants = 20'000;   // of all files together
  std::size_t max_pairs = 5'000;     // of several sources with the targets of a document
  std::size_t max_assertions = 100;  // of all files together
  std::size_t max_patterns = 1'000;  // of all assertions together: each is compared with each grant
  std::size_t max_depth = 32;
  std::size_t max_nodes = 200'000;  // per file, aliases expanded
  std::size_t max_aliases = 100;    // per document
};

}  // namespace authzd
