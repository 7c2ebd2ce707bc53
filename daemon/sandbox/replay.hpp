// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A trace played back (reconciler/trace): a request gets the reply that the trace has for it. No
// policy, role or token of the sandbox's own is involved.
#pragma once

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
  std::chrono::milliseconds took{0};  // until it was there, or until there was to be none
};

class Replay {
 public:
  explicit Replay(Trace trace);

  /// The first reply that was not given yet to a request of that method, path, query and body. A
  /// body of JSON is compared as a value, a query without regard to its order. Of a request for a
  /// token only the path and the kind of grant count: its secret is not in the trace, and the last
  /// token is given as often as one is asked for. Tokens live from `now` on; so does Date. An
  /// exchange that had no reply cuts the connection. 501 `not_in_trace`: there is none, or none
  /// any more.
  RecordedReply answer(const HttpRequest& request, Timestamp now);

  /// "GET /v2/roles?service_name=kms": what the trace has and nobody asked for, in its order.
  [[nodiscard]] std::vector<std::string> not_asked() const;

  [[nodiscard]] std::size_t size() const { return trace_.exchanges.size(); }

  /// The account of the tokens; empty where the trace has none.
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

}  // namespace authzd::sandbox
