// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// `iam-sandbox --replay`: a trace behind daemon/net's HTTP server.
#pragma once

#include "daemon/net/clock.hpp"
#include "daemon/net/http_server.hpp"
#include "daemon/sandbox/replay.hpp"

#include <string>

namespace authzd::sandbox {

/// The trace in a file. Errors: invalid_config, naming the file and the line.
Result<Trace> read_trace_file(const std::string& path);

struct ReplayOptions {
  double speed = 1;    // 2: in half the recorded time; 0: at once
  bool quiet = false;  // says nothing of what was asked
};

/// What `HttpServer::serve` takes: it gives each reply after the time that the recorded one took,
/// and at once what the trace does not have. It says on standard output what was asked, and on
/// standard error what the trace does not have. `replay` and `clock` must outlive it.
HttpHandler handler_of(Replay& replay, Clock& clock, const ReplayOptions& options);

/// Where clients find it, and whose trace it is.
std::string replay_banner(const Replay& replay, const std::string& url);

/// Says on standard error what was not asked for.
void say_what_is_left(const Replay& replay);

}  // namespace authzd::sandbox
