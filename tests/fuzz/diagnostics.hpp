// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What holds for every diagnostic of a loader, whatever the files.
#pragma once

#include "reconciler/base/text.hpp"
#include "reconciler/manifest/diagnostic.hpp"
#include "reconciler/manifest/source_file.hpp"
#include "reconciler/manifest/yaml_text.hpp"
#include "tests/fuzz/promises.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace authzd::fuzz {

/// How many characters each line of a file has, as editors count them.
inline std::vector<int> line_widths(std::string_view bytes) {
  std::vector<int> widths;
  const std::string text = normalise_line_ends(bytes);
  const auto is_begin = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  for (const std::string_view line : parts(text, '\n')) {
    widths.push_back(static_cast<int>(std::ranges::count_if(line, is_begin)));
  }
  return widths;
}

/// A column just behind the last character of its line, and a line just behind the last, are
/// inside: something may be missing there.
inline void check_position(const SourcePos& position, const std::vector<int>& widths) {
  promise(position.line >= 0 && position.column >= 0, "a position counts from 1");
  if (position.line == 0) return;
  const auto line = static_cast<std::size_t>(position.line);
  promise(line <= widths.size(), "a diagnostic's line is in the file");
  promise(position.column <= widths[line - 1] + 1, "a diagnostic's column is in its line");
}

inline void check_diagnostics(std::span<const Diagnostic> diagnostics,
                              std::span<const SourceFile> files) {
  std::map<std::string, std::vector<int>> widths;
  if (!diagnostics.empty()) {
    for (const SourceFile& file : files) widths[file.name] = line_widths(file.text);
  }
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.position != SourcePos{}) {  // else it is about all files together
      const auto file = widths.find(diagnostic.position.file);
      promise(file != widths.end(), "a diagnostic names one of the files");
      check_position(diagnostic.position, file->second);
    }
    promise(!diagnostic.message.empty(), "a diagnostic says what is wrong");
    promise(diagnostic.caret >= 0, "a caret counts from 1");
    promise_showable(render(diagnostic), "a diagnostic may be shown");
    promise(one_line(diagnostic).find('\n') == std::string::npos,
            "a diagnostic is one line of a log");
  }
}

}  // namespace authzd::fuzz
