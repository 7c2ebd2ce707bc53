// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A problem in a file: what, where, and what to write instead. Diagnostics are values: a loader
// returns all of them in one pass, and only its caller turns "has errors" into a refusal.
#pragma once

#include "reconciler/base/source_pos.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

enum class Severity { error, warning };

/// Another place that it takes to understand a diagnostic, and what stands there.
struct RelatedPlace {
  SourcePos position;
  std::string message;  // "the assertion \"keys-at-home\", which forbids this grant"

  bool operator==(const RelatedPlace&) const = default;
};

struct Diagnostic {
  Severity severity = Severity::error;
  SourcePos position;
  std::string message;           // "unknown key \"serivce\""
  std::string hint = {};         // "did you mean \"service\"?"; may be empty
  std::string source_line = {};  // the line of the file, cut to the screen width; may be empty
  int caret = 0;                 // column of the caret in source_line (from 1); 0: none
  bool is_unmet = false;         // what is in force lacks it, and the next revision needs it
  std::vector<RelatedPlace> related = {};  // for programs: a text names them in its message
  std::string account = {};  // by name, if only the manifests as this account gets them have it

  bool operator==(const Diagnostic&) const = default;
};

/// Sets source_line and caret from the file's text for the byte at `offset`. Tabs and control
/// characters become visible, and a long line is cut around the caret.
void attach_source(Diagnostic& diagnostic, std::string_view text, std::size_t offset);

/// The byte offset of a position; the end of the text if it is shorter.
std::size_t offset_of(std::string_view text, const SourcePos& position);

/// "file:line:column: error: …", the source line, the caret, and the hint. Ends in a newline.
std::string render(const Diagnostic& diagnostic);

/// The message, after the account that it is about, if it is about one.
std::string full_message(const Diagnostic& diagnostic);

/// Position, severity and message, without the source: for a log.
std::string one_line(const Diagnostic& diagnostic);

std::string render(std::span<const Diagnostic> diagnostics);

bool has_errors(std::span<const Diagnostic> diagnostics);

/// Sorts by file, line, column, then message, and drops duplicates.
void sort_diagnostics(std::vector<Diagnostic>& diagnostics);

}  // namespace authzd
