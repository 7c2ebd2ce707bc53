// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A report as a value: what every form of it shows.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// Raised when a member of the JSON changes its meaning or is removed, not when one is added.
inline constexpr int kReportFormatVersion = 1;

struct ReportColumn {
  std::string key;         // of CSV and JSON
  std::string title;       // for people; empty: of CSV and JSON alone
  bool has_words = false;  // separated by spaces: in the text only the first of many are shown
};

/// A manifest, or a patch of one, for a person to commit.
struct ReportProposal {
  std::string title;  // one sentence, printable
  std::string text;   // YAML or a unified diff
};

struct ReportTable {
  std::string report;  // "unused"
  std::string title;   // "Policies without use for 90 days"
  std::vector<ReportColumn> columns;
  std::vector<std::vector<std::string>> rows = {};  // a cell for each column; empty: not known
  std::vector<std::string> notes = {};              // sentences: what the rows do not say
  std::vector<ReportProposal> proposals = {};
};

/// A table, then notes and proposals; the last line of the table's part counts.
std::string report_text(const ReportTable& table, std::size_t width = 0);

/// RFC 4180: the keys, then a line for each row, ended by CR LF. A cell that a spreadsheet would
/// take for a formula begins with an apostrophe. Without notes and proposals.
std::string report_csv(const ReportTable& table);

/// {"formatVersion", "report", "title", "rows": [{…}], "notes", "proposals"}, with a final newline;
/// an empty cell is null.
std::string report_json(const ReportTable& table);

/// One cell of CSV.
std::string csv_cell(std::string_view text);

}  // namespace authzd
