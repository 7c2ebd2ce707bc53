// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/console/overview.hpp"
#include "reconciler/base/text.hpp"

#include <bit>

namespace authzd::console {
namespace {

constexpr std::size_t kHeight = 22;
constexpr std::size_t kStep = 4;  // from one bar to the next

/// One change is well visible, and 1,000 are not much higher than 100.
std::size_t height_of(std::size_t changes) {
  constexpr std::size_t kPerDoubling = 3;
  return std::min(kHeight - 2, 2 + kPerDoubling * std::bit_width(changes));
}

}  // namespace

Markup sparkline(std::span<const RunView> newest_first) {
  if (newest_first.empty()) return {};
  const auto shown = newest_first.first(std::min(newest_first.size(), kSparkRuns));
  std::string well;
  std::string failed;
  std::size_t changes = 0;
  std::size_t failures = 0;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const RunView& run = shown[i];
    const std::size_t x = kStep * (kSparkRuns - 1 - i) + 2;
    (run.is_well ? well : failed) += "M" + std::to_string(x) + " " + std::to_string(kHeight - 1) +
                                     "v-" + std::to_string(height_of(run.changes()));
    changes += run.changes();
    failures += run.is_well ? 0 : 1;
  }
  std::string label = count_of(changes, "change", "changes") + " in the last " +
                      count_of(shown.size(), "run", "runs");
  if (failures > 0) label += ", " + std::to_string(failures) + " with failures";
  const auto bars = [](const std::string& path, std::string_view of) {
    if (path.empty()) return Markup{};
    return element("path", {{"class", std::string(of)}, {"d", path}}, {});
  };
  return element(
      "svg",
      {{"class", "spark"}, {"viewBox", "0 0 96 22"}, {"role", "img"}, {"aria-label", label}},
      element("title", text(label)) + bars("M0 21.5h96", "base") + bars(well, "bar") +
          bars(failed, "failed"));
}

}  // namespace authzd::console
