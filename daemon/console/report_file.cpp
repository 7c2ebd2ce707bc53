// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/console/report_file.hpp"

#include "daemon/console/html.hpp"

#include <limits>

namespace authzd::console {
namespace {

constexpr const char kReportHead[] =
    "<head><meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<style>\n"
    "body { font: 15px/1.45 system-ui, \"Segoe UI\", \"Noto Sans\", sans-serif; margin: 2rem; }\n"
    "table { border-collapse: collapse; width: 100%; }\n"
    "th, td { text-align: left; vertical-align: top; padding: .35rem .6rem;\n"
    "  border-bottom: 1px solid #8888; overflow-wrap: anywhere; }\n"
    "pre { overflow-x: auto; padding: .8rem; border: 1px solid #8888; }\n"
    ".note { max-width: 60rem; }\n"
    "</style>\n";

/// A row of the table must not be cut: a report is a record.
constexpr std::size_t kWholeText = std::numeric_limits<std::size_t>::max();

Markup row_of(const ReportTable& table, const std::vector<std::string>& row) {
  Markup cells;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (!table.columns[i].title.empty()) cells += element("td", text(row[i], kWholeText));
  }
  return element("tr", cells) + literal("\n");
}

Markup table_of(const ReportTable& table) {
  if (table.rows.empty()) return {};
  Markup head;
  for (const ReportColumn& column : table.columns) {
    if (!column.title.empty()) {
      head += element("th", {{"scope", "col"}}, text(column.title, kWholeText));
    }
  }
  Markup rows;
  for (const auto& row : table.rows) rows += row_of(table, row);
  return element("table",
                 literal("\n") + element("thead", element("tr", head)) + literal("\n") +
                     element("tbody", literal("\n") + rows)) +
         literal("\n");
}

/// A manifest keeps its lines; each of them becomes text.
Markup lines_of(std::string_view any) {
  Markup lines;
  while (!any.empty()) {
    const std::size_t end = any.find('\n');
    lines += text(any.substr(0, end), kWholeText) + literal("\n");
    any = end == std::string_view::npos ? std::string_view() : any.substr(end + 1);
  }
  return lines;
}

}  // namespace

std::string report_file(const ReportTable& table) {
  Markup body = element("h1", text(table.title)) + literal("\n");
  body += of_class("p", "note", text("Rows: " + std::to_string(table.rows.size()))) + literal("\n");
  body += table_of(table);
  for (const std::string& note : table.notes) {
    body += of_class("p", "note", text(note, kWholeText)) + literal("\n");
  }
  for (const ReportProposal& proposal : table.proposals) {
    body += element("h2", text("Proposal: " + proposal.title, kWholeText)) + literal("\n") +
            element("pre", lines_of(proposal.text)) + literal("\n");
  }
  return (literal("<!DOCTYPE html>\n<html lang=\"en\">\n") + literal(kReportHead) +
          element("title", text(table.title)) + literal("</head>\n") +
          element("body", literal("\n") + body) + literal("</html>\n"))
      .str();
}

}  // namespace authzd::console
