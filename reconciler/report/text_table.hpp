// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Columns of text, each as wide as its widest cell.
#pragma once

#include <string>
#include <vector>

namespace authzd {

/// The first row is the header. Two blanks between columns, none at the end of a line.
std::string text_table(const std::vector<std::vector<std::string>>& rows);

/// "12s", "5m", "3h", "2d": the largest unit that says something.
std::string short_duration(long long seconds);

}  // namespace authzd
