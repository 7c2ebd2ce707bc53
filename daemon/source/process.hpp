// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Runs a program to its end: what it wrote and how it ended, within a time limit and a limit of
// output.
#pragma once

#include "daemon/net/async.hpp"
#include "daemon/source/child.hpp"

#include <chrono>
#include <string>

namespace authzd {

struct ProcessOutcome {
  int exit_code = 0;  // 128 and the signal where one ended it
  std::string output;
  std::string errors;  // the first 32 KiB of what it wrote there
};

/// Errors: unavailable (it cannot be run), timeout ("<doing>: no end within 5s"), bad_response
/// (it writes more than it may). What it ends with is no error here.
/// Cancellation: kills it with all that it has started, and unwinds. So does an error.
Async<ProcessOutcome> run_process(ProcessSpec spec,
                                  std::chrono::milliseconds limit,
                                  std::string doing);

}  // namespace authzd
