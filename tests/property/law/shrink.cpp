// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/property/law/shrink.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace authzd::test {
namespace {

std::optional<Shrunk> break_law(const Setting& setting, const Story& story, Law law) {
  World world(setting, story);
  for (Finding& finding : world.live()) {
    if (finding.law == law) return Shrunk{story, world.told(), std::move(finding.words)};
  }
  return std::nullopt;
}

}  // namespace

Shrunk shrink(const Setting& setting, Story story, Law law) {
  Shrunk shortest{std::move(story), {}, {}};
  if (auto whole = break_law(setting, shortest.story, law)) shortest = std::move(*whole);
  for (std::size_t size = shortest.story.size() / 2; size > 0;) {
    bool is_shorter = false;
    for (std::size_t at = 0; at + size <= shortest.story.size();) {
      Story without = shortest.story;
      const auto first = without.begin() + static_cast<std::ptrdiff_t>(at);
      without.erase(first, first + static_cast<std::ptrdiff_t>(size));
      if (auto shorter = break_law(setting, without, law)) {
        shortest = std::move(*shorter);
        is_shorter = true;
      } else {
        at += size;
      }
    }
    if (!is_shorter || size > 1) size = size > 1 ? size / 2 : 0;
  }
  return shortest;
}

}  // namespace authzd::test
