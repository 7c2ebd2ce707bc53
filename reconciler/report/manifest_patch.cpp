// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/manifest_patch.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <vector>

namespace authzd {
namespace {

constexpr std::size_t kContext = 3;

bool is_separator(std::string_view line) {
  return line == "---" || line.starts_with("--- ") || line == "---\r";
}

std::size_t indentation(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

bool is_blank(std::string_view line) {
  const std::string_view content = trim(line);
  return content.empty() || content.front() == '#';
}

/// A hunk's lines, from `first` to before `end`, both counted from 0.
struct Hunk {
  std::size_t first = 0;
  std::size_t end = 0;
};

std::vector<Hunk> hunks_of(std::size_t count, const LineSet& removed) {
  std::vector<Hunk> hunks;
  for (const std::size_t line : removed) {
    const std::size_t at = line - 1;
    const std::size_t first = at - std::min(at, kContext);
    const std::size_t end = std::min(at + 1 + kContext, count);
    if (!hunks.empty() && first <= hunks.back().end) {
      hunks.back().end = end;
    } else {
      hunks.push_back({first, end});
    }
  }
  return hunks;
}

/// "12,3", as hunks count: from 1, and from the line before where there are none.
std::string range_text(std::size_t first, std::size_t count) {
  return std::to_string(count == 0 ? first : first + 1) + "," + std::to_string(count);
}

}  // namespace

std::optional<LineSet> document_lines(std::string_view text, std::size_t line) {
  const auto lines = split_lines(text);
  if (line == 0 || line > lines.size()) return std::nullopt;
  std::size_t first = line - 1;
  while (first > 0 && !is_separator(lines[first])) --first;
  std::size_t end = line;
  while (end < lines.size() && !is_separator(lines[end])) ++end;
  LineSet found;
  for (std::size_t i = first; i < end; ++i) found.insert(i + 1);
  return found;
}

std::optional<LineSet> item_lines(std::string_view text, std::size_t line) {
  const auto lines = split_lines(text);
  if (line == 0 || line > lines.size()) return std::nullopt;
  const std::string_view begin = lines[line - 1];
  const std::size_t indent = indentation(begin);
  if (!begin.substr(indent).starts_with("- ")) return std::nullopt;
  LineSet found{line};
  std::size_t last = line;
  for (std::size_t i = line; i < lines.size(); ++i) {
    if (is_blank(lines[i])) continue;
    if (is_separator(lines[i]) || indentation(lines[i]) <= indent) break;
    last = i + 1;
  }
  for (std::size_t i = line; i <= last; ++i) found.insert(i);
  return found;
}

std::string without_lines(std::string_view text, const LineSet& lines) {
  std::string kept;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    if (!lines.contains(++number)) kept += text.substr(0, end);
    text.remove_prefix(end);
  }
  return kept;
}

std::string removal_patch(std::string_view file, std::string_view text, const LineSet& lines) {
  const auto all = split_lines(text);
  const bool ends_well = text.ends_with('\n');
  std::string patch;
  std::size_t removed_before = 0;
  for (const Hunk& hunk : hunks_of(all.size(), lines)) {
    std::size_t removed = 0;
    std::string body;
    for (std::size_t i = hunk.first; i < hunk.end; ++i) {
      const bool is_removed = lines.contains(i + 1);
      removed += is_removed ? 1U : 0U;
      body += (is_removed ? "-" : " ") + std::string(all[i]) + "\n";
      if (i + 1 == all.size() && !ends_well) body += "\\ No newline at end of file\n";
    }
    const std::size_t count = hunk.end - hunk.first;
    patch += "@@ -" + range_text(hunk.first, count) + " +" +
             range_text(hunk.first - removed_before, count - removed) + " @@\n" + body;
    removed_before += removed;
  }
  if (patch.empty()) return patch;
  file.remove_prefix(std::min(file.find_first_not_of('/'), file.size()));
  return "--- a/" + std::string(file) + "\n+++ b/" + std::string(file) + "\n" + patch;
}

}  // namespace authzd
