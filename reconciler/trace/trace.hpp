// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A trace: exchanges with IAM as they were, but for who and what they are about. One JSON object a
// line: first what the trace is, then each exchange, at the end perhaps why it ends. Version 1 is
// described in daemon/docs/record.md; a reader refuses other versions and ignores members that it
// does not know.
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/trace/query_text.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// In the order in which the members came.
using TraceJson = nlohmann::ordered_json;

inline constexpr std::string_view kTraceFormat = "authzd-trace";
inline constexpr int kTraceVersion = 1;
inline constexpr std::size_t kMaxTraceBytes = 128U << 20U;
inline constexpr int kMaxTraceDepth = 72;  // of brackets in brackets, in a line

/// Which IAM it was, without saying where.
enum class Endpoint { open, closed, other };  // "public", "private", "other"
std::string_view to_string(Endpoint endpoint);

/// Of the host of iam.endpoint: iam.cloud.ibm.com, private.….iam.cloud.ibm.com, any other.
Endpoint endpoint_of(std::string_view host);

struct TraceHeader {
  std::string authzd;  // the version that wrote it
  Timestamp begun;
  Endpoint endpoint = Endpoint::other;
};

enum class TracePeer { iam, metadata };
std::string_view to_string(TracePeer peer);

/// Headers by their names, as they came.
using TraceHeaders = std::vector<std::pair<std::string, std::string>>;

struct TraceBody {
  enum class Kind { none, json, form, text, withheld };

  Kind kind = Kind::none;
  TraceJson json = {};    // of `json`
  QueryPairs form = {};   // of `form`
  std::string text = {};  // of `text`; of `withheld`, why
  std::size_t bytes = 0;  // of the body as it was sent
};

struct TraceReply {
  int status = 0;
  TraceHeaders headers = {};
  TraceBody body = {};
  TraceJson claims = {};  // of the token in the body; null: there is none
};

struct TraceExchange {
  TracePeer peer = TracePeer::iam;
  Timestamp at = {};                  // when it was sent
  std::chrono::milliseconds took{0};  // until the whole reply was read
  std::string method;
  std::string path;
  QueryPairs query = {};
  TraceHeaders headers = {};
  TraceBody body = {};
  std::optional<TraceReply> reply = {};
  std::string error = {};                 // where there is no reply: "Timeout", "Unavailable", …
  std::vector<std::string> unknown = {};  // what authzd does not know of the reply
};

struct Trace {
  TraceHeader header;
  std::vector<TraceExchange> exchanges = {};
  bool was_cut = false;  // its bound was reached before the work ended
};

/// Each without a line end.
std::string header_line(const TraceHeader& header);
std::string exchange_line(const TraceExchange& exchange, std::size_t number);
std::string cut_line();

/// Errors: invalid_config with the number of the line, where it is no trace of this version, too
/// long, or nested deeper than replies are.
Result<Trace> read_trace(std::string_view text);

/// The first header of that name (case is ignored); empty where there is none.
std::string_view header_in(const TraceHeaders& headers, std::string_view name);
bool has_header(const TraceHeaders& headers, std::string_view name);

/// The member; null where `json` is no object or has none.
const TraceJson* member_of(const TraceJson& json, std::string_view name);

/// The member's text; empty where it is missing or something else.
std::string member_text(const TraceJson& json, std::string_view name);

}  // namespace authzd
