// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// `iam-sandbox --replay`: a trace behind daemon/net's HTTP server.
#pragma once

#include "daemon/net/clock.hpp"
#include "daemon/net/http_server.hpp"
#include "daemon/sandbox/replay.hpp"

#include <string>

namespace authzd::sandbox {

/// The trace in a file. Errors: invalid_config, with the file and the line.
Result<Trace> read_trace_file(const std::string& path);

struct ReplayOptions {
  double speed = 1;    // 2: in half the recorded time; 0: at once
  bool quiet = false;  // does not print the requests
};

/// For `HttpServer::serve`: sends each reply after its recorded duration, and what is not in the
/// trace at once. It prints requests to standard output, and those that are not in the trace to
/// standard error. `replay` and `clock` must outlive it.
HttpHandler handler_of(Replay& replay, Clock& clock, const ReplayOptions& options);

/// Its address for clients, and the account of the trace.
std::string replay_banner(const Replay& replay, const std::string& url);

/// Prints to standard error what was not requested.
void say_what_is_left(const Replay& replay);

}  // namespace authzd::sandbox
