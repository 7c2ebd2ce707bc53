// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Text that must fit into a limit: which of its rows are left out, where all of them are too many.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace authzd {

struct FittedPart {
  std::string head;                    // always shown
  std::vector<std::string> rows = {};  // from the first one on, as many as fit
  std::string tail = {};               // always shown
  int rank = 0;  // parts of a lower rank keep their rows longer; each keeps some, if there is room
};

/// The parts one after the other. Rows are left out until all of it has at most `limit` bytes, and
/// each part says behind its rows how many. Heads and tails alone may exceed the limit.
std::string fit(const std::vector<FittedPart>& parts, std::size_t limit);

}  // namespace authzd
