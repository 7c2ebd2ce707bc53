// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/fitting.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <numeric>

namespace authzd {
namespace {

std::size_t size_of_rows(const FittedPart& part) {
  return std::accumulate(
      part.rows.begin(), part.rows.end(), std::size_t{0}, [](std::size_t sum, const auto& row) {
        return sum + row.size();
      });
}

std::string left_out_text(std::size_t left_out) {
  return "\n" + std::to_string(left_out) + " more " + (left_out == 1 ? "is" : "are") +
         " not shown.\n";
}

/// How many rows of each part are shown.
class Rows {
 public:
  Rows(const std::vector<FittedPart>& parts, std::size_t limit)
      : parts_(parts), shown_(parts.size(), 0) {
    std::size_t fixed = 0;
    std::size_t all_rows = 0;
    std::size_t counts = 0;
    std::size_t with_rows = 0;
    for (const FittedPart& part : parts) {
      fixed += part.head.size() + part.tail.size();
      if (part.rows.empty()) continue;
      all_rows += size_of_rows(part);
      counts += left_out_text(part.rows.size()).size();
      ++with_rows;
    }
    if (with_rows == 0) return;
    // Where all rows fit, nothing is counted.
    if (fixed + all_rows > limit) fixed += counts;
    room_ = limit > fixed ? limit - fixed : 0;
    const std::size_t share = room_ / 2 / with_rows;
    for (std::size_t i = 0; i < parts.size(); ++i) take(i, share);
    for (const std::size_t i : by_rank()) take(i, room_);
  }

  [[nodiscard]] std::size_t shown(std::size_t part) const { return shown_[part]; }

 private:
  [[nodiscard]] std::vector<std::size_t> by_rank() const {
    std::vector<std::size_t> order(parts_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [this](std::size_t i) { return parts_[i].rank; });
    return order;
  }

  void take(std::size_t i, std::size_t allowance) {
    const std::vector<std::string>& rows = parts_[i].rows;
    for (std::size_t& next = shown_[i]; next < rows.size(); ++next) {
      const std::size_t size = rows[next].size();
      if (size > allowance) return;
      allowance -= size;
      room_ -= size;
    }
  }

  const std::vector<FittedPart>& parts_;
  std::vector<std::size_t> shown_;
  std::size_t room_ = 0;
};

}  // namespace

std::string fit(const std::vector<FittedPart>& parts, std::size_t limit) {
  const Rows rows(parts, limit);
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const FittedPart& part = parts[i];
    text += part.head;
    for (std::size_t row = 0; row < rows.shown(i); ++row) text += part.rows[row];
    if (rows.shown(i) < part.rows.size()) text += left_out_text(part.rows.size() - rows.shown(i));
    text += part.tail;
  }
  return text;
}

}  // namespace authzd
