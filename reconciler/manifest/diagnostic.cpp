// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/diagnostic.hpp"

#include "reconciler/base/secret.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <tuple>

namespace authzd {
namespace {

constexpr int kScreen = 100;  // displayed characters of a source line
constexpr std::string_view kCut = "...";

bool continues(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

int characters(std::string_view text) {
  return static_cast<int>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

/// Moves at most `count` characters from `at` towards `end`, in either direction.
std::size_t step(std::string_view text, std::size_t at, std::size_t end, int count) {
  const bool forward = at < end;
  while (at != end && count > 0) {
    if (forward) {
      do ++at;
      while (at != end && continues(text[at]));
    } else {
      do --at;
      while (at != end && continues(text[at]));
    }
    --count;
  }
  return at;
}

std::string shown(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '\t', ' ');
  return printable(spaced);
}

/// The start of the line that contains `offset`, but never more than a screen before it.
std::size_t window_begin(std::string_view text, std::size_t offset, int width) {
  const std::size_t far = step(text, offset, 0, width);
  const std::size_t newline = text.substr(far, offset - far).rfind('\n');
  return newline == std::string_view::npos ? far : far + newline + 1;
}

/// [begin, stop) of the text, masked together with the text around it: half a key is a secret, too.
std::string masked_part(std::string_view text, std::size_t begin, std::size_t stop) {
  constexpr std::size_t kAround = 512;  // bytes
  const std::size_t from = begin - std::min(begin, kAround);
  return without_secrets(text.substr(from, stop - from + kAround))
      .substr(begin - from, stop - begin);
}

std::size_t window_end(std::string_view text, std::size_t offset, int width) {
  const std::size_t far = step(text, offset, text.size(), width);
  const std::size_t newline = text.substr(offset, far - offset).find('\n');
  return newline == std::string_view::npos ? far : offset + newline;
}

}  // namespace

void attach_source(Diagnostic& diagnostic, std::string_view text, std::size_t offset) {
  offset = std::min(offset, text.size());
  std::size_t begin = window_begin(text, offset, kScreen);
  const std::size_t end = window_end(text, begin, kScreen);
  if (offset >= end && begin > 0 && text[begin - 1] != '\n')
    begin = window_begin(text, offset, kScreen / 2);
  const std::size_t stop = std::max(window_end(text, begin, kScreen), offset);

  const std::string masked = masked_part(text, begin, stop);
  std::string_view line = masked;
  if (line.ends_with('\r')) line.remove_suffix(1);
  const std::size_t caret = std::min(offset - begin, line.size());
  const bool cut_left = begin > 0 && text[begin - 1] != '\n';
  const bool cut_right = stop < text.size() && text[stop] != '\n' && text[stop] != '\r';
  const std::string before = (cut_left ? std::string(kCut) : "") + shown(line.substr(0, caret));
  diagnostic.source_line =
      before + shown(line.substr(caret)) + (cut_right ? std::string(kCut) : "");
  diagnostic.caret = characters(before) + 1;
}

std::size_t offset_of(std::string_view text, const SourcePos& position) {
  std::size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;  // a byte order mark is not a column
  for (int line = 1; line < position.line; ++line) {
    const std::size_t newline = text.find('\n', at);
    if (newline == std::string_view::npos) return text.size();
    at = newline + 1;
  }
  return step(text, at, text.size(), position.column - 1);
}

std::string full_message(const Diagnostic& diagnostic) {
  if (diagnostic.account.empty()) return diagnostic.message;
  return "account " + printable(diagnostic.account) + ": " + diagnostic.message;
}

std::string one_line(const Diagnostic& diagnostic) {
  std::string text = printable(to_string(diagnostic.position));
  if (!text.empty()) text += ": ";
  text += diagnostic.severity == Severity::error ? "error: " : "warning: ";
  return text + full_message(diagnostic);
}

std::string render(const Diagnostic& diagnostic) {
  std::string text = one_line(diagnostic) + "\n";
  if (diagnostic.caret > 0 && !diagnostic.source_line.empty()) {
    text += "  " + diagnostic.source_line + "\n";
    text += "  " + std::string(static_cast<std::size_t>(diagnostic.caret - 1), ' ') + "^\n";
  }
  if (!diagnostic.hint.empty()) text += "  " + diagnostic.hint + "\n";
  return text;
}

std::string render(std::span<const Diagnostic> diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) text += render(diagnostic);
  return text;
}

bool has_errors(std::span<const Diagnostic> diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& diagnostic) {
    return diagnostic.severity == Severity::error;
  });
}

void sort_diagnostics(std::vector<Diagnostic>& diagnostics) {
  const auto order = [](const Diagnostic& d) { return std::tie(d.position, d.message, d.hint); };
  std::stable_sort(diagnostics.begin(), diagnostics.end(), [&](const auto& a, const auto& b) {
    return order(a) < order(b);
  });
  diagnostics.erase(std::unique(diagnostics.begin(), diagnostics.end()), diagnostics.end());
}

}  // namespace authzd
