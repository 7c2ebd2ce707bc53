// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The typography of a report: colour by symbol and lines folded at words if requested (a quotation
// is one word), aligned labels. It knows nothing of plans.
#pragma once

#include "reconciler/report/text_style.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace authzd {

class Layout {
 public:
  /// A word that is longer than a line is not broken.
  explicit Layout(TextStyle style) : style_(style) {}

  /// "+ text", coloured by its symbol; continuation lines are indented.
  void headline(char symbol, std::string_view text);

  /// "    label        text", folded under the text.
  void detail(std::string_view label, std::string_view text);

  /// Text from the left margin.
  void line(std::string_view text = {});

  /// Text for scripts or for copying: never folded.
  void exact_line(std::string_view text);

  /// A blank line, unless nothing has been written or the last line is blank.
  void gap();

  [[nodiscard]] std::string take() && { return std::move(out_); }

 private:
  void folded(std::string_view text, std::size_t indent);
  void fold(std::size_t indent);

  TextStyle style_;
  std::string out_;
};

/// The first `columns` characters.
std::string first_columns(std::string_view text, std::size_t columns);

/// The columns of UTF-8 text, counting every character as one.
std::size_t columns_of(std::string_view text);

}  // namespace authzd
