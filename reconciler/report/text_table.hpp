// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Columns of text, each as wide as its widest cell.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace authzd {

/// The first row is the header. Two blanks between columns, none at the end of a line.
std::string text_table(const std::vector<std::vector<std::string>>& rows);

/// How a table becomes as narrow as a terminal.
struct TableFit {
  std::size_t width = 0;                  // columns of the terminal; 0: the table stays as it is
  std::vector<std::size_t> cut = {};      // what may be shortened, with "…"; the widest first
  std::vector<std::size_t> dropped = {};  // what may be left out, the least useful first
};

/// The same within the width, as far as what may be shortened and left out allows.
std::string text_table(std::vector<std::vector<std::string>> rows, const TableFit& fit);

/// "12s", "5m", "3h", "2d": the largest unit that says something.
std::string short_duration(long long seconds);

}  // namespace authzd
