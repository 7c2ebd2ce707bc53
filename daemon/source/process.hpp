// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Runs a program to its end and returns its output and exit code, within a time limit and an output
// limit.
#pragma once

#include "daemon/net/async.hpp"
#include "daemon/source/child.hpp"

#include <chrono>
#include <string>

namespace authzd {

struct ProcessOutcome {
  int exit_code = 0;  // 128 and the signal if one ended it
  std::string output;
  std::string errors;  // the first 32 KiB of its standard error
};

/// Errors: unavailable (it cannot be run), timeout ("<doing>: no end within 5s"), bad_response (too
/// much output). A non-zero exit code is not an error here. Cancellation: kills it with all its
/// children, and unwinds. So does an error.
Async<ProcessOutcome> run_process(ProcessSpec spec,
                                  std::chrono::milliseconds limit,
                                  std::string doing);

}  // namespace authzd
