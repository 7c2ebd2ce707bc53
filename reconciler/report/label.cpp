// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/label.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>

namespace authzd {
namespace {

bool is_label_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

}  // namespace

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= kMaxLabel && text.front() != '-' && text.back() != '-' &&
         std::ranges::all_of(text, is_label_char);
}

std::string to_label(std::string_view text, std::size_t limit) {
  std::string out;
  for (const char c : to_lower(text)) {
    if (is_label_char(c) && c != '-') {
      out += c;
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  out.resize(std::min(out.size(), limit));
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out;
}

std::string with_tail(std::string label, std::string_view tail) {
  label.resize(std::min(label.size(), kMaxLabel - std::min(tail.size(), kMaxLabel)));
  label += tail;
  return label;
}

}  // namespace authzd
