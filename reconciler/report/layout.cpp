// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/layout.hpp"

#include <algorithm>

namespace authzd {
namespace {

constexpr std::size_t kHeadIndent = 2;
constexpr std::size_t kLabelColumn = 4;
constexpr std::size_t kTextColumn = 17;  // wide enough for "description"
constexpr std::size_t kLeastText = 20;
constexpr std::string_view kPlain = "\x1b[0m";

/// The position after the closing quote of the quotation at `start`; npos: none.
std::size_t quotation_end(std::string_view text, std::size_t start) {
  for (std::size_t i = start + 1; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      return i + 1;
  }
  return std::string_view::npos;
}

/// The end of the first word. A quotation is one word, so that no value of a policy can begin a
/// line with its own words.
std::size_t word_end(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ' ') return i;
    if (text[i] != '"') continue;
    const std::size_t end = quotation_end(text, i);
    if (end != std::string_view::npos) i = end - 1;
  }
  return text.size();
}

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

/// The length in bytes of the first `columns` characters.
std::size_t bytes_of_columns(std::string_view text, std::size_t columns) {
  std::size_t i = 0;
  for (std::size_t n = 0; i < text.size(); ++i) {
    if (!continues(text[i]) && n++ == columns) break;
  }
  return i;
}

std::string_view colour_of(char symbol) {
  switch (symbol) {
    case '+': return "\x1b[32m";
    case '~': return "\x1b[33m";
    case '-': return "\x1b[31m";
    case '!': return "\x1b[1;31m";
    case '=': return "\x1b[36m";
    default: return "\x1b[2m";
  }
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for (const char c : text) columns += continues(c) ? 0U : 1U;
  return columns;
}

std::string first_columns(std::string_view text, std::size_t columns) {
  return std::string(text.substr(0, bytes_of_columns(text, columns)));
}

void Layout::headline(char symbol, std::string_view text) {
  if (style_.colour) out_ += colour_of(symbol);
  out_ += symbol;
  out_ += ' ';
  folded(text, kHeadIndent);
  if (style_.colour) out_ += kPlain;
  out_ += '\n';
}

void Layout::detail(std::string_view label, std::string_view text) {
  out_.append(kLabelColumn, ' ');
  out_ += label;
  const std::size_t column = kLabelColumn + columns_of(label);
  out_.append(column < kTextColumn ? kTextColumn - column : 1, ' ');
  folded(text, kTextColumn);
  out_ += '\n';
}

void Layout::line(std::string_view text) {
  folded(text, 0);
  out_ += '\n';
}

void Layout::exact_line(std::string_view text) {
  out_ += text;
  out_ += '\n';
}

void Layout::gap() {
  if (!out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
}

void Layout::folded(std::string_view text, std::size_t indent) {
  if (style_.width == 0) {
    out_ += text;
    return;
  }
  // Narrower than this, a fold would leave no room beside the indent.
  const std::size_t right = std::max(style_.width, indent + kLeastText);
  std::size_t column = indent;
  bool first = true;
  while (!text.empty()) {
    std::string_view word = text.substr(0, word_end(text));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    const std::size_t width = columns_of(word);
    if (!first && column + 1 + width > right) {
      fold(indent);
      column = indent;
    } else if (!first) {
      out_ += ' ';
      ++column;
    }
    // Quoted text longer than a line: break it here, as a terminal would at the edge.
    const bool is_quoted = word.find(' ') != std::string_view::npos;
    while (is_quoted && column + columns_of(word) > right) {
      const std::size_t bytes = bytes_of_columns(word, right - column);
      out_ += word.substr(0, bytes);
      word.remove_prefix(bytes);
      fold(indent);
      column = indent;
    }
    out_ += word;
    column += columns_of(word);
    first = false;
  }
}

void Layout::fold(std::size_t indent) {
  out_ += '\n';
  out_.append(indent, ' ');
}

}  // namespace authzd
