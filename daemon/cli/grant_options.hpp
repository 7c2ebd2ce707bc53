// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the commands of break-glass grants take.
#pragma once

#include "daemon/cli/reading_options.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace authzd {

struct GrantCommand {
  std::string file;      // of the client; "-": standard input
  std::string manifest;  // its text, in its place
  std::chrono::milliseconds time{0};
  std::string reason;
  bool yes = false;
};
struct GrantsCommand {
  std::vector<std::string> revoked;  // names
  OutputForm output = OutputForm::text;
};

}  // namespace authzd
