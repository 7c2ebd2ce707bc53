// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/text_table.hpp"

#include "reconciler/report/layout.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

namespace authzd {

namespace {

using Rows = std::vector<std::vector<std::string>>;
using Widths = std::vector<std::size_t>;

constexpr std::size_t kGap = 2;        // between two columns
constexpr std::size_t kReadable = 24;  // before a column is left out, the others stay so wide
constexpr std::size_t kLeast = 8;

Widths widths_of(const Rows& rows) {
  Widths widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], columns_of(row[i]));
    }
  }
  return widths;
}

std::size_t width_of(const Widths& widths) {
  const std::size_t gaps = widths.empty() ? 0 : kGap * (widths.size() - 1);
  return std::accumulate(widths.begin(), widths.end(), gaps);
}

/// The widths with the widest of `cut` made smaller, down to `least`, until all fit.
Widths shortened(Widths widths, const TableFit& fit, std::size_t least) {
  std::size_t all = width_of(widths);
  while (all > fit.width) {
    std::size_t* widest = nullptr;
    for (const std::size_t i : fit.cut) {
      if (widest == nullptr || widths.at(i) > *widest) widest = &widths.at(i);
    }
    if (widest == nullptr || *widest <= least) break;
    --*widest;
    --all;
  }
  return widths;
}

void leave_out(Rows& rows, TableFit& fit, std::size_t column) {
  for (auto& row : rows) row.erase(row.begin() + static_cast<std::ptrdiff_t>(column));
  const auto move_left = [column](std::vector<std::size_t>& columns) {
    std::erase(columns, column);
    for (std::size_t& each : columns) each -= each > column ? 1 : 0;
  };
  move_left(fit.cut);
  move_left(fit.dropped);
}

void shorten(Rows& rows, const Widths& widths) {
  for (auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (columns_of(row[i]) <= widths[i]) continue;
      row[i] = first_columns(row[i], widths[i] - 1) + "…";
    }
  }
}

}  // namespace

std::string text_table(Rows rows, const TableFit& given) {
  TableFit fit = given;
  if (fit.width == 0) return text_table(rows);
  Widths widths = shortened(widths_of(rows), fit, kReadable);
  while (width_of(widths) > fit.width && !fit.dropped.empty()) {
    leave_out(rows, fit, fit.dropped.front());
    widths = shortened(widths_of(rows), fit, kReadable);
  }
  shorten(rows, shortened(std::move(widths), fit, kLeast));
  return text_table(rows);
}

std::string text_table(const std::vector<std::vector<std::string>>& rows) {
  const Widths widths = widths_of(rows);
  std::string text;
  for (const auto& row : rows) {
    const std::size_t begin = text.size();
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      text.append(widths[i] - columns_of(row[i]) + kGap, ' ');
    }
    while (text.size() > begin && text.back() == ' ') text.pop_back();
    text += '\n';
  }
  return text;
}

std::string short_duration(long long seconds) {
  constexpr long long kMinute = 60;
  constexpr long long kHour = 60 * kMinute;
  constexpr long long kDay = 24 * kHour;
  if (seconds < 2 * kMinute) return std::to_string(std::max(0LL, seconds)) + "s";
  if (seconds < 2 * kHour) return std::to_string(seconds / kMinute) + "m";
  if (seconds < 2 * kDay) return std::to_string(seconds / kHour) + "h";
  return std::to_string(seconds / kDay) + "d";
}

}  // namespace authzd
