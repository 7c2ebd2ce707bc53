// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Replays a trace (reconciler/trace): a request gets its reply from the trace; and `iam-sandbox
// --replay`, a trace behind daemon/net's HTTP server. The sandbox's own policies, roles and tokens
// are not used.
#pragma once

#include "daemon/net/clock.hpp"
#include "daemon/net/http_server.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/trace/trace.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace authzd::sandbox {

struct RecordedReply : HttpReply {
  std::chrono::milliseconds took{0};  // until the reply was there, or failed
};

class Replay {
 public:
  explicit Replay(Trace trace);

  /// The first unused reply to a request with that method, path, query and body. A JSON body is
  /// compared as a value, a query regardless of its order. A token request is only compared by path
  /// and grant type: its secret is not in the trace, and the last token is returned as often as
  /// requested. Tokens live from `now` on; so does Date. An exchange without a reply cuts the
  /// connection. 501 `not_in_trace`: there is none, or none left.
  RecordedReply answer(const HttpRequest& request, Timestamp now);

  /// "GET /v2/roles?service_name=kms": requests of the trace that were not made, in its order.
  [[nodiscard]] std::vector<std::string> not_asked() const;

  [[nodiscard]] std::size_t size() const { return trace_.exchanges.size(); }

  /// The account of the tokens; empty if the trace has none.
  [[nodiscard]] std::string account() const;

 private:
  struct Queue {
    std::vector<std::size_t> exchanges;  // of that request, by index
    std::size_t next = 0;
    bool repeats = false;  // its last one
  };

  Trace trace_;
  std::map<std::string, Queue> queues_;  // by what is compared
};

/// Method and target of a request that is not in the trace, safe to show.
std::string described(const HttpRequest& request);

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
