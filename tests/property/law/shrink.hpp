// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Finds the shortest story that still breaks the same law, by leaving out steps.
#pragma once

#include "tests/property/law/world.hpp"

#include <string>

namespace authzd::test {

struct Shrunk {
  Story story;
  std::string told;
  std::string words;  // of the finding
};

/// `story` must break `law` in that setting.
Shrunk shrink(const Setting& setting, Story story, Law law);

}  // namespace authzd::test
