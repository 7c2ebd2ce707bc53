// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A trace: exchanges with IAM, without who and what they are about. One JSON object a line: first a
// header, then each exchange, at the end possibly the reason for the end. daemon/docs/record.md
// describes version 1; a reader refuses other versions and ignores unknown members.
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/trace/treatment.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// In the order of the input.
using TraceJson = nlohmann::ordered_json;

inline constexpr std::string_view kTraceFormat = "authzd-trace";
inline constexpr int kTraceVersion = 1;
inline constexpr std::size_t kMaxTraceBytes = 128U << 20U;
inline constexpr int kMaxTraceDepth = 72;  // nested brackets in a line

/// The kind of IAM endpoint, without its name.
enum class Endpoint { open, closed, other };  // "public", "private", "other"
std::string_view to_string(Endpoint endpoint);

/// For the host of iam.endpoint: iam.cloud.ibm.com, private.….iam.cloud.ibm.com, any other.
Endpoint endpoint_of(std::string_view host);

struct TraceHeader {
  std::string authzd;  // the version that wrote it
  Timestamp begun;
  Endpoint endpoint = Endpoint::other;
};

enum class TracePeer { iam, metadata };
std::string_view to_string(TracePeer peer);

/// Headers by name, unchanged.
using TraceHeaders = std::vector<std::pair<std::string, std::string>>;

struct TraceBody {
  enum class Kind { none, json, form, text, withheld };

  Kind kind = Kind::none;
  TraceJson json = {};    // of `json`
  QueryPairs form = {};   // of `form`
  std::string text = {};  // of `text`; for `withheld`, the reason
  std::size_t bytes = 0;  // of the original body
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
  std::string error = {};                 // if there is no reply: "Timeout", "Unavailable", …
  std::vector<std::string> unknown = {};  // parts of the reply that authzd does not know
};

struct Trace {
  TraceHeader header;
  std::vector<TraceExchange> exchanges = {};
  bool was_cut = false;  // its size limit was reached before the work ended
};

/// Each without a line end.
std::string header_line(const TraceHeader& header);
std::string exchange_line(const TraceExchange& exchange, std::size_t number);
std::string cut_line();

/// Errors: invalid_config with the line number, if it is not a trace of this version, too long, or
/// nested deeper than replies are.
Result<Trace> read_trace(std::string_view text);

/// The first header of that name (ignoring case); empty if there is none.
std::string_view header_in(const TraceHeaders& headers, std::string_view name);
bool has_header(const TraceHeaders& headers, std::string_view name);

/// The member; null if `json` is not an object or has none.
const TraceJson* member_of(const TraceJson& json, std::string_view name);

/// The member's text; empty if it is missing or not a text.
std::string member_text(const TraceJson& json, std::string_view name);

}  // namespace authzd
