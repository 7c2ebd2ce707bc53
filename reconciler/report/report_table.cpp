// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/report_table.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/report/json_values.hpp"
#include "reconciler/report/layout.hpp"
#include "reconciler/report/text_table.hpp"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

namespace authzd {
namespace {

using report::Json;

/// The first of a list of words; the others as a number. The list may end in "and 12 more".
std::string few_words(const std::string& cell) {
  constexpr std::size_t kMostShown = 3;
  constexpr std::string_view kAnd = " and ";
  const std::size_t end = std::min(cell.find(kAnd), cell.size());
  std::size_t more = 0;
  if (end < cell.size()) {
    const char* const number = cell.data() + end + kAnd.size();
    std::from_chars(number, cell.data() + cell.size(), more);
  }
  std::vector<std::string> words;
  for (std::size_t at = 0; at < end;) {
    const std::size_t stop = std::min(cell.find(' ', at), end);
    words.push_back(cell.substr(at, stop - at));
    at = stop + 1;
  }
  if (words.size() <= kMostShown) return cell;
  more += words.size() - kMostShown;
  words.resize(kMostShown);
  return join(words, " ") + std::string(kAnd) + std::to_string(more) + " more";
}

std::string text_rows(const ReportTable& table, std::size_t width) {
  std::vector<std::vector<std::string>> shown(1);
  for (const ReportColumn& column : table.columns) {
    if (!column.title.empty()) shown.front().push_back(column.title);
  }
  for (const auto& row : table.rows) {
    std::vector<std::string>& cells = shown.emplace_back();
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (table.columns[i].title.empty()) continue;
      const std::string cell = printable(row[i]);
      cells.push_back(cell.empty() ? "-" : table.columns[i].has_words ? few_words(cell) : cell);
    }
  }
  TableFit fit{.width = width};
  for (std::size_t i = 0; i < shown.front().size(); ++i) fit.cut.push_back(i);
  return text_table(std::move(shown), fit);
}

std::string csv_line(const std::vector<std::string>& cells) {
  std::vector<std::string> written;
  for (const std::string& cell : cells) written.push_back(csv_cell(cell));
  return join(written, ",") + "\r\n";
}

}  // namespace

std::string csv_cell(std::string_view text) {
  constexpr std::string_view kFormula = "=+-@";
  std::string cell = printable(text);
  const std::string_view content = trim(cell);
  const bool is_formula = !content.empty() && kFormula.find(content.front()) != kFormula.npos;
  if (is_formula) cell.insert(0, "'");
  if (cell.find_first_of("\",\r\n'") == std::string::npos && trim(cell) == cell) return cell;
  std::string quoted = "\"";
  for (const char c : cell) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

std::string report_text(const ReportTable& table, std::size_t width) {
  std::string text = table.rows.empty() ? "" : text_rows(table, width) + "\n";
  text += table.title + ": " + std::to_string(table.rows.size()) + "\n";
  for (const std::string& note : table.notes) {
    Layout out({.width = width});
    out.line(note);
    text += "\n" + std::move(out).take();
  }
  for (const ReportProposal& proposal : table.proposals) {
    text += "\n# Proposal: " + proposal.title + "\n" + proposal.text;
  }
  return text;
}

std::string report_csv(const ReportTable& table) {
  std::vector<std::string> keys;
  for (const ReportColumn& column : table.columns) keys.push_back(column.key);
  std::string text = csv_line(keys);
  for (const auto& row : table.rows) text += csv_line(row);
  return text;
}

std::string report_json(const ReportTable& table) {
  Json rows = Json::array();
  for (const auto& row : table.rows) {
    Json object = Json::object();
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      object[table.columns[i].key] = report::optional_text(row[i]);
    }
    rows.push_back(std::move(object));
  }
  Json proposals = Json::array();
  for (const ReportProposal& proposal : table.proposals) {
    proposals.push_back({{"title", proposal.title}, {"text", proposal.text}});
  }
  const Json document{{"formatVersion", kReportFormatVersion},
                      {"report", table.report},
                      {"title", table.title},
                      {"rows", std::move(rows)},
                      {"notes", table.notes},
                      {"proposals", std::move(proposals)}};
  return report::dump(document, 2) + "\n";
}

}  // namespace authzd
