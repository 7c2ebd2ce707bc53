// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/sandbox/replay.hpp"

#include "daemon/sandbox/http_text.hpp"
#include "daemon/sandbox/identity.hpp"
#include "daemon/sandbox/json.hpp"
#include "reconciler/base/encoding.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <utility>

namespace authzd::sandbox {
namespace {

constexpr std::int64_t kLife = 3'600;  // seconds of a token without claims about it

bool is_for_token(std::string_view path) {
  return path.find("/identity/") != std::string_view::npos ||
         path.find("/instance_identity/") != std::string_view::npos;
}

/// With sorted members, so that their order makes no difference.
std::string sorted_text(const Json& json) {
  return nlohmann::json::parse(dump(json), nullptr, false).dump();
}

std::string grant_in(const QueryPairs& form) {
  for (const auto& [name, value] : form) {
    if (name == "grant_type") return value;
  }
  return {};
}

std::string what_is_compared(std::string_view method,
                             std::string_view path,
                             QueryPairs query,
                             const std::string& body) {
  std::ranges::sort(query);
  return std::string(method) + " " + percent_decoded(path) + "?" + to_query(query) + "\n" + body;
}

std::string compared_body(const TraceBody& body, bool is_token) {
  if (is_token) return grant_in(body.form);
  switch (body.kind) {
    case TraceBody::Kind::json: return sorted_text(body.json);
    case TraceBody::Kind::form: return to_query(body.form);
    case TraceBody::Kind::text: return body.text;
    case TraceBody::Kind::none:
    case TraceBody::Kind::withheld: break;
  }
  return {};
}

std::string compared_body(const std::string& body, bool is_token) {
  if (is_token) return grant_in(parse_query(body));
  if (is_nested_deeper(body, kMaxTraceDepth)) return body;
  const Json json = Json::parse(body, nullptr, false);
  return json.is_structured() ? sorted_text(json) : body;
}

std::string shown_target(const TraceExchange& exchange) {
  const std::string query = to_query(exchange.query);
  return exchange.method + " " + exchange.path + (query.empty() ? "" : "?" + query);
}

/// Headers that the server writes itself, and Date, which would be long past.
bool is_of_connection(std::string_view name) {
  const std::string lower = to_lower(name);
  return lower == "content-length" || lower == "transfer-encoding" || lower == "connection" ||
         lower == "keep-alive" || lower == "content-encoding" || lower == "date";
}

std::int64_t number_of(const Json& json, std::string_view name, std::int64_t otherwise) {
  const Json* found = member(json, name);
  return found != nullptr && found->is_number_integer() ? found->get<std::int64_t>() : otherwise;
}

/// A token with the claims of the recorded one, and the same life from now on.
Json renewed(Json body, Json claims, Timestamp now) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  const std::int64_t issued = number_of(claims, "iat", 0);
  std::int64_t life = number_of(claims, "exp", issued + kLife) - issued;
  if (life <= 0 || life > 24 * kLife) life = kLife;
  claims["iat"] = second;
  claims["exp"] = second + life;
  body["access_token"] = unsigned_token(claims);
  if (member(body, "expiration") != nullptr) body["expiration"] = second + life;
  return body;
}

HttpResponse reply_of(const TraceReply& recorded, Timestamp now) {
  HttpResponse reply;
  reply.status = recorded.status;
  for (const auto& [name, value] : recorded.headers) {
    if (!is_of_connection(name)) reply.headers.push_back({name, value});
  }
  if (has_header(recorded.headers, "Date")) reply.headers.push_back({"Date", http_date(now)});
  switch (recorded.body.kind) {
    case TraceBody::Kind::json:
      reply.body = dump(recorded.claims.is_object() && recorded.body.json.is_object()
                            ? renewed(recorded.body.json, recorded.claims, now)
                            : recorded.body.json);
      break;
    case TraceBody::Kind::form: reply.body = to_query(recorded.body.form); break;
    case TraceBody::Kind::text: reply.body = recorded.body.text; break;
    case TraceBody::Kind::none:
    case TraceBody::Kind::withheld: break;
  }
  return reply;
}

HttpResponse not_in_trace() {
  const Json error = {{"code", "not_in_trace"},
                      {"message", "The trace that is played back has no such request."}};
  const Json body = {{"errors", Json::array({error})}, {"status_code", 501}};
  return {501, {{"Content-Type", "application/json"}}, dump(body)};
}

}  // namespace

Replay::Replay(Trace trace) : trace_(std::move(trace)) {
  for (std::size_t i = 0; i < trace_.exchanges.size(); ++i) {
    const TraceExchange& exchange = trace_.exchanges[i];
    const bool is_token = is_for_token(exchange.path);
    Queue& queue = queues_[what_is_compared(
        exchange.method, exchange.path, exchange.query, compared_body(exchange.body, is_token))];
    queue.exchanges.push_back(i);
    queue.repeats = is_token;
  }
}

RecordedReply Replay::answer(const HttpRequest& request, Timestamp now) {
  const std::string_view target = request.target;
  const auto question = std::min(target.find('?'), target.size());
  const std::string_view path = target.substr(0, question);
  const QueryPairs query = parse_query(target.substr(std::min(question + 1, target.size())));
  const auto found = queues_.find(what_is_compared(
      request.method, path, query, compared_body(request.body, is_for_token(path))));
  if (found == queues_.end()) return {{not_in_trace()}};
  Queue& queue = found->second;
  const bool is_used_up = queue.next >= queue.exchanges.size();
  if (is_used_up && !queue.repeats) return {{not_in_trace()}};
  const TraceExchange& exchange =
      trace_.exchanges[is_used_up ? queue.exchanges.back() : queue.exchanges[queue.next]];
  if (!is_used_up) ++queue.next;
  if (!exchange.reply) return {{HttpResponse{}, HttpReply::Cut::before_reply}, exchange.took};
  return {{reply_of(*exchange.reply, now)}, exchange.took};
}

std::vector<std::string> Replay::not_asked() const {
  std::map<std::size_t, std::string> left;
  for (const auto& [key, queue] : queues_) {
    for (std::size_t i = queue.next; i < queue.exchanges.size(); ++i) {
      const std::size_t index = queue.exchanges[i];
      left.emplace(index, printable(shown_target(trace_.exchanges[index])));
    }
  }
  std::vector<std::string> all;
  for (auto& [index, text] : left) all.push_back(std::move(text));
  return all;
}

std::string Replay::account() const {
  for (const TraceExchange& exchange : trace_.exchanges) {
    if (!exchange.reply) continue;
    const Json* account = member(exchange.reply->claims, "account");
    if (account != nullptr) return text_of(*account, "bss");
  }
  return {};
}

std::string described(const HttpRequest& request) {
  return printable(request.method + " " + request.target);
}

namespace {

std::chrono::milliseconds delay_of(std::chrono::milliseconds took, double speed) {
  constexpr std::chrono::duration<double, std::milli> kLongest = std::chrono::hours(24);
  if (!(speed > 0)) return std::chrono::milliseconds(0);
  const std::chrono::duration<double, std::milli> delay = took / speed;
  return std::chrono::round<std::chrono::milliseconds>(std::min(delay, kLongest));
}

// Both outlive the server.
boost::asio::awaitable<HttpReply> answer(Replay& replay,
                                         Clock& clock,
                                         ReplayOptions options,
                                         HttpRequest request) {
  RecordedReply reply = replay.answer(request, clock.now());
  constexpr int kNotInTrace = 501;
  const int status = reply.response.status;
  if (!options.quiet) {
    std::cout << (status == 0 ? "cut" : std::to_string(status)) << "  " << described(request)
              << std::endl;
  }
  if (status == kNotInTrace) {
    std::cerr << "iam-sandbox: not in the trace: " << described(request) << std::endl;
  }
  const auto delay = delay_of(reply.took, options.speed);
  if (delay.count() > 0) co_await clock.sleep(delay);
  co_return std::move(reply);
}

}  // namespace

Result<Trace> read_trace_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file) return Error{ErrorCode::invalid_config, printable(path) + ": cannot be read"};
  auto trace = read_trace(text);
  if (!trace) return std::move(trace).error().context(printable(path));
  return trace;
}

HttpHandler handler_of(Replay& replay, Clock& clock, const ReplayOptions& options) {
  return [&replay, &clock, options](HttpRequest request) {
    return answer(replay, clock, options, std::move(request));
  };
}

std::string replay_banner(const Replay& replay, const std::string& url) {
  std::string text =
      "iam-sandbox: " + count_of(replay.size(), "recorded exchange", "recorded exchanges") +
      " of an IAM at " + url + "\n\n";
  if (!replay.account().empty()) text += "  account " + printable(replay.account()) + "\n\n";
  return text + "  Any API key is taken:\n    export IBMCLOUD_IAM_API_ENDPOINT=" + url +
         "\n    export IBMCLOUD_API_KEY=replay\n";
}

void say_what_is_left(const Replay& replay) {
  const auto left = replay.not_asked();
  if (left.empty()) {
    std::cerr << "iam-sandbox: every exchange of the trace was asked for\n";
    return;
  }
  std::cerr << "iam-sandbox: not asked for, " << left.size() << " of " << replay.size() << ":\n";
  for (const std::string& request : left) std::cerr << "  " << request << '\n';
}

}  // namespace authzd::sandbox
