// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/layout.hpp"

#include <algorithm>

namespace authzd {
namespace {

constexpr std::size_t kHeadIndent = 2;
constexpr std::size_t kLabelColumn = 4;
constexpr std::size_t kTextColumn = 17;  // wide enough for "description"
constexpr std::string_view kPlain = "\x1b[0m";

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
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

void Layout::headline(char symbol, std::string_view text) {
  if (colour_) out_ += colour_of(symbol);
  out_ += symbol;
  out_ += ' ';
  folded(text, kHeadIndent);
  if (colour_) out_ += kPlain;
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
  std::size_t column = indent;
  bool first = true;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t width = columns_of(word);
    if (!first && column + 1 + width > kReportWidth) {
      out_ += '\n';
      out_.append(indent, ' ');
      column = indent;
    } else if (!first) {
      out_ += ' ';
      ++column;
    }
    out_ += word;
    column += width;
    first = false;
  }
}

}  // namespace authzd
