// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The server's side of HTTP. The first line of the input says in what pieces the rest arrives: the
// stream of one connection. However it is cut, the same requests are read from it.
#include "daemon/net/http_codec.hpp"
#include "daemon/net/http_grammar.hpp"
#include "reconciler/base/text.hpp"
#include "tests/fuzz/promises.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace authzd::fuzz {
namespace {

constexpr ParseLimits kRequestLimits{512, 1024};
constexpr std::size_t kShortRequest = 160;
constexpr std::size_t kMostRequests = 16;

/// What a server makes of a connection: the requests, and how it ends.
struct Served {
  std::vector<HttpRequest> requests;
  bool is_refused = false;
  std::string rest;  // that no request was made of
};

/// As serve_connection does: feeds what has come, and reads the next request from what is left.
class Server {
 public:
  void receive(std::string_view piece) {
    served_.rest.append(piece);
    while (is_open() && take_request()) {
    }
  }

  Served take() { return std::move(served_); }

 private:
  [[nodiscard]] bool is_open() const {
    return !served_.is_refused && !is_closing_ && served_.requests.size() < kMostRequests;
  }

  bool take_request() {
    const auto complete = parser_.feed(served_.rest);
    if (!complete) {
      check_refusal(complete.error());
      served_.is_refused = true;
      served_.rest.clear();  // how much of it was read before depends on the pieces
      return false;
    }
    if (!*complete) return false;
    is_closing_ = !parser_.keeps_alive();
    served_.requests.push_back(parser_.take());
    parser_ = RequestParser(kRequestLimits);
    return true;
  }

  static void check_refusal(const Error& error) {
    const std::set<int> statuses{400, 413, 431, 501};
    promise(statuses.contains(error.detail.http_status), "a refusal has a status to answer");
    promise_showable(error.message, "a refusal may be shown");
  }

  RequestParser parser_{kRequestLimits};
  bool is_closing_ = false;
  Served served_;
};

Served serve(const std::vector<std::string_view>& stream) {
  Server server;
  for (const std::string_view piece : stream) server.receive(piece);
  return server.take();
}

bool is_same(const HttpRequest& one, const HttpRequest& other) {
  return one.method == other.method && one.target == other.target && one.headers == other.headers &&
         one.body == other.body;
}

void check_same(const Served& one, const Served& other) {
  promise(one.is_refused == other.is_refused, "pieces do not change what is refused");
  promise(std::ranges::equal(one.requests, other.requests, is_same),
          "pieces do not change what is read");
  promise(one.is_refused || one.rest == other.rest, "pieces do not change what is left over");
}

void check_request(const HttpRequest& request) {
  promise(is_token(request.method) && request.method != "CONNECT", "a method is a token");
  promise(is_target(request.target) && (request.target[0] == '/' || request.target == "*"),
          "a target is a path");
  promise(request.body.size() <= kRequestLimits.max_body, "a body is within its limit");
  std::size_t hosts = 0;
  for (const HttpHeader& header : request.headers) {
    promise(is_token(header.name) && is_field_value(header.value), "a header is well-formed");
    if (iequals(header.name, "Host")) ++hosts;
  }
  promise(hosts <= 1, "no request names two hosts");
}

/// What was read and is written again is read as the same, but for what speaks of its framing.
void check_written_again(const HttpRequest& request) {
  const auto text = encode_request(request);
  promise(text.has_value(), "a request that was read can be written");
  std::string input = *text;
  RequestParser parser({8 * kRequestLimits.max_header, kRequestLimits.max_body});
  const auto complete = parser.feed(input);
  const bool has_host = std::ranges::any_of(
      request.headers, [](const HttpHeader& header) { return iequals(header.name, "Host"); });
  promise(complete.has_value() == has_host, "it is read again where it names a host");
  if (!complete) return;
  promise(*complete && input.empty(), "it is read again whole");
  const HttpRequest again = parser.take();
  promise(again.method == request.method && again.target == request.target &&
              again.body == request.body,
          "it is read again as the same");
}

}  // namespace

void http_request(std::string_view input) {
  const auto sizes = take_line(input);
  const Served whole = serve({input});
  check_same(serve(pieces(input, sizes)), whole);
  const bool is_short =
      input.size() <= kShortRequest;  // byte by byte takes the square of the length
  if (is_short) check_same(serve(pieces(input, "\1")), whole);
  for (const HttpRequest& request : whole.requests) {
    check_request(request);
    check_written_again(request);
  }
}

}  // namespace authzd::fuzz
