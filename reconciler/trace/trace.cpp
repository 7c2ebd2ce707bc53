// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/trace/trace.hpp"

#include "reconciler/base/text.hpp"

#include <limits>

namespace authzd {
namespace {

TraceJson pairs_json(const QueryPairs& pairs) {
  TraceJson list = TraceJson::array();
  for (const auto& [name, value] : pairs) list.push_back(TraceJson::array({name, value}));
  return list;
}

void put_body(TraceJson& into, const TraceBody& body) {
  switch (body.kind) {
    case TraceBody::Kind::none: return;
    case TraceBody::Kind::json: into["body"] = body.json; break;
    case TraceBody::Kind::form: into["form"] = pairs_json(body.form); break;
    case TraceBody::Kind::text: into["text"] = body.text; break;
    case TraceBody::Kind::withheld: into["withheld"] = body.text; break;
  }
  into["bytes"] = body.bytes;
}

/// Replaces invalid UTF-8, so that no received bytes can make this throw.
std::string dump(const TraceJson& json) {
  return json_safe(json.dump(-1, ' ', false, TraceJson::error_handler_t::replace));
}

}  // namespace

std::string_view to_string(Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::open: return "public";
    case Endpoint::closed: return "private";
    case Endpoint::other: break;
  }
  return "other";
}

std::string_view to_string(TracePeer peer) {
  return peer == TracePeer::iam ? "iam" : "metadata";
}

Endpoint endpoint_of(std::string_view host) {
  if (host == "iam.cloud.ibm.com") return Endpoint::open;
  const bool is_private = host.starts_with("private.") && host.ends_with("iam.cloud.ibm.com");
  return is_private ? Endpoint::closed : Endpoint::other;
}

std::string header_line(const TraceHeader& header) {
  TraceJson json;
  json["format"] = kTraceFormat;
  json["version"] = kTraceVersion;
  json["authzd"] = header.authzd;
  json["begun"] = to_rfc3339(header.begun);
  json["endpoint"] = to_string(header.endpoint);
  return dump(json);
}

std::string exchange_line(const TraceExchange& exchange, std::size_t number) {
  TraceJson json;
  json["n"] = number;
  json["at"] = to_rfc3339(exchange.at);
  json["ms"] = exchange.took.count();
  json["to"] = to_string(exchange.peer);
  TraceJson request;
  request["method"] = exchange.method;
  request["path"] = exchange.path;
  if (!exchange.query.empty()) request["query"] = pairs_json(exchange.query);
  request["headers"] = pairs_json(exchange.headers);
  put_body(request, exchange.body);
  json["request"] = std::move(request);
  if (exchange.reply) {
    TraceJson reply;
    reply["status"] = exchange.reply->status;
    reply["headers"] = pairs_json(exchange.reply->headers);
    put_body(reply, exchange.reply->body);
    if (!exchange.reply->claims.is_null()) reply["claims"] = exchange.reply->claims;
    json["reply"] = std::move(reply);
  } else {
    json["error"] = exchange.error;
  }
  if (!exchange.unknown.empty()) json["unknown"] = exchange.unknown;
  return dump(json);
}

std::string cut_line() {
  return R"({"end":"full"})";
}

std::string_view header_in(const TraceHeaders& headers, std::string_view name) {
  for (const auto& [each, value] : headers) {
    if (iequals(each, name)) return value;
  }
  return {};
}

bool has_header(const TraceHeaders& headers, std::string_view name) {
  for (const auto& [each, value] : headers) {
    if (iequals(each, name)) return true;
  }
  return false;
}

const TraceJson* member_of(const TraceJson& json, std::string_view name) {
  if (!json.is_object()) return nullptr;
  const auto found = json.find(std::string(name));
  return found == json.end() ? nullptr : &*found;
}

std::string member_text(const TraceJson& json, std::string_view name) {
  const TraceJson* found = member_of(json, name);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}

namespace {

constexpr std::int64_t kLongest = 86'400'000;  // milliseconds: no exchange takes longer

/// The first error in a line.
class LineFault {
 public:
  void add(std::string what) {
    if (what_.empty()) what_ = std::move(what);
  }
  [[nodiscard]] bool any() const { return !what_.empty(); }
  [[nodiscard]] const std::string& what() const { return what_; }

 private:
  std::string what_;
};

std::string text_in(const TraceJson& json, std::string_view name, LineFault& fault) {
  const TraceJson* found = member_of(json, name);
  if (found == nullptr || !found->is_string()) {
    fault.add("\"" + std::string(name) + "\" is missing or no text");
    return {};
  }
  return found->get<std::string>();
}

std::int64_t number_in(const TraceJson& json,
                       std::string_view name,
                       std::int64_t most,
                       LineFault& fault) {
  const TraceJson* found = member_of(json, name);
  const bool fits = found != nullptr && found->is_number_unsigned() &&
                    found->get<std::uint64_t>() <= static_cast<std::uint64_t>(most);
  if (fits) return found->get<std::int64_t>();
  fault.add("\"" + std::string(name) + "\" is missing, or no number from 0 to " +
            std::to_string(most));
  return 0;
}

Timestamp time_in(const TraceJson& json, std::string_view name, LineFault& fault) {
  const auto time = parse_rfc3339(text_in(json, name, fault));
  if (!time) fault.add("\"" + std::string(name) + "\" is no date of RFC 3339");
  return time.value_or(Timestamp{});
}

/// [[name, value], …]; empty if it is missing.
QueryPairs pairs_in(const TraceJson& json, std::string_view name, LineFault& fault) {
  QueryPairs pairs;
  const TraceJson* list = member_of(json, name);
  if (list == nullptr) return pairs;
  const auto* items = list->get_ptr<const TraceJson::array_t*>();
  if (items == nullptr) fault.add("\"" + std::string(name) + "\" is no list");
  if (items == nullptr) return pairs;
  for (const TraceJson& item : *items) {
    const bool is_pair =
        item.is_array() && item.size() == 2 && item[0].is_string() && item[1].is_string();
    if (!is_pair) {
      fault.add("\"" + std::string(name) + "\" holds something else than pairs of texts");
      return pairs;
    }
    pairs.emplace_back(item[0].get<std::string>(), item[1].get<std::string>());
  }
  return pairs;
}

TraceBody body_in(const TraceJson& json, LineFault& fault) {
  TraceBody body;
  if (const TraceJson* found = member_of(json, "body")) {
    body.kind = TraceBody::Kind::json;
    body.json = *found;
  } else if (member_of(json, "form") != nullptr) {
    body.kind = TraceBody::Kind::form;
    body.form = pairs_in(json, "form", fault);
  } else if (member_of(json, "text") != nullptr) {
    body.kind = TraceBody::Kind::text;
    body.text = text_in(json, "text", fault);
  } else if (member_of(json, "withheld") != nullptr) {
    body.kind = TraceBody::Kind::withheld;
    body.text = text_in(json, "withheld", fault);
  }
  if (body.kind == TraceBody::Kind::none) return body;
  const auto bytes = number_in(json, "bytes", std::numeric_limits<std::int32_t>::max(), fault);
  body.bytes = static_cast<std::size_t>(bytes);
  return body;
}

TracePeer peer_in(const TraceJson& json, LineFault& fault) {
  const std::string peer = text_in(json, "to", fault);
  if (peer == to_string(TracePeer::metadata)) return TracePeer::metadata;
  if (peer != to_string(TracePeer::iam)) fault.add("\"to\" is neither iam nor metadata");
  return TracePeer::iam;
}

TraceReply reply_in(const TraceJson& json, LineFault& fault) {
  TraceReply reply;
  constexpr int kLastStatus = 999;
  reply.status = static_cast<int>(number_in(json, "status", kLastStatus, fault));
  reply.headers = pairs_in(json, "headers", fault);
  reply.body = body_in(json, fault);
  if (const TraceJson* claims = member_of(json, "claims")) reply.claims = *claims;
  return reply;
}

TraceExchange exchange_in(const TraceJson& json, LineFault& fault) {
  TraceExchange exchange;
  exchange.at = time_in(json, "at", fault);
  exchange.took = std::chrono::milliseconds(number_in(json, "ms", kLongest, fault));
  exchange.peer = peer_in(json, fault);
  const TraceJson* request = member_of(json, "request");
  if (request == nullptr) fault.add("\"request\" is missing");
  if (request == nullptr) return exchange;
  exchange.method = text_in(*request, "method", fault);
  exchange.path = text_in(*request, "path", fault);
  exchange.query = pairs_in(*request, "query", fault);
  exchange.headers = pairs_in(*request, "headers", fault);
  exchange.body = body_in(*request, fault);
  if (const TraceJson* reply = member_of(json, "reply")) {
    exchange.reply = reply_in(*reply, fault);
  } else {
    exchange.error = text_in(json, "error", fault);
  }
  const TraceJson* unknown = member_of(json, "unknown");
  if (unknown == nullptr) return exchange;
  if (!unknown->is_array()) fault.add("\"unknown\" is no list");
  for (const TraceJson& each : *unknown) {
    if (each.is_string()) exchange.unknown.push_back(each.get<std::string>());
  }
  return exchange;
}

TraceHeader header_of(const TraceJson& json, LineFault& fault) {
  TraceHeader header;
  if (member_text(json, "format") != kTraceFormat) {
    fault.add("this is no trace of authzd: a trace begins with {\"format\":\"authzd-trace\"");
    return header;
  }
  const TraceJson* version = member_of(json, "version");
  if (version == nullptr || *version != kTraceVersion) {
    fault.add("the trace is of version " + (version == nullptr ? "none" : version->dump()) +
              "; this authzd reads version 1");
    return header;
  }
  header.authzd = text_in(json, "authzd", fault);
  header.begun = time_in(json, "begun", fault);
  const std::string endpoint = text_in(json, "endpoint", fault);
  for (const Endpoint each : {Endpoint::open, Endpoint::closed}) {
    if (endpoint == to_string(each)) header.endpoint = each;
  }
  return header;
}

Error at_line(std::size_t number, const std::string& what) {
  return {ErrorCode::invalid_config, "line " + std::to_string(number) + ": " + printable(what)};
}

}  // namespace

Result<Trace> read_trace(std::string_view text) {
  if (text.size() > kMaxTraceBytes) {
    return Error{ErrorCode::invalid_config,
                 "the trace has more than " + std::to_string(kMaxTraceBytes >> 20U) + " MiB"};
  }
  Trace trace;
  std::size_t number = 0;
  for (const std::string_view line : split_lines(text)) {
    ++number;
    if (trim(line).empty() && number > 1) continue;
    if (trace.was_cut) return at_line(number, "more follows than the end of the trace");
    if (is_nested_deeper(line, kMaxTraceDepth)) return at_line(number, "is nested too deep");
    const TraceJson json = TraceJson::parse(line.begin(), line.end(), nullptr, false);
    if (!json.is_object()) return at_line(number, "is no JSON object");
    LineFault fault;
    if (number == 1) {
      trace.header = header_of(json, fault);
    } else if (member_of(json, "end") != nullptr) {
      trace.was_cut = true;
    } else {
      trace.exchanges.push_back(exchange_in(json, fault));
    }
    if (fault.any()) return at_line(number, fault.what());
  }
  if (number == 0) return at_line(1, "the trace is empty");
  return trace;
}

}  // namespace authzd
