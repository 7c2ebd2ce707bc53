// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/trace/trace.hpp"

#include "reconciler/base/text.hpp"

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

}  // namespace authzd
