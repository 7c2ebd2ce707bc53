// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Golden files: an input beside the text that is expected of it. AUTHZD_UPDATE_GOLDEN=1 rewrites
// the expectations, for a person to read the difference.
#pragma once

#include <string>
#include <vector>

namespace authzd::golden {

std::string read_file(const std::string& path);

/// The "*.yaml" of a folder under the source tree, without the ending, sorted.
std::vector<std::string> golden_names(const std::string& folder);

/// The content of <folder>/<name><ending>; in update mode `actual`, after writing it there.
std::string expected_text(const std::string& folder,
                          const std::string& name,
                          const std::string& ending,
                          const std::string& actual);

/// A test's name may hold letters, digits and '_' only.
std::string test_name(std::string name);

}  // namespace authzd::golden
