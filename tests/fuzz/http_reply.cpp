// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The client's side of HTTP. The first byte of the input says what the reply answers ('h' HEAD, 'c'
// CONNECT, else another method), the rest of its line in what pieces the stream arrives, which ends
// in good order with the input.
#include "daemon/net/http_codec.hpp"
#include "daemon/net/http_grammar.hpp"
#include "tests/fuzz/promises.hpp"

#include <optional>
#include <vector>

namespace authzd::fuzz {
namespace {

constexpr ParseLimits kLimits{512, 1024};
constexpr std::size_t kShort = 160;

struct Heard {
  std::optional<HttpResponse> reply;  // none: refused, or cut short
  bool is_refused = false;
  bool keeps_alive = false;
  std::string rest;
};

void check_refusal(const Error& error) {
  promise(error.code == ErrorCode::bad_response, "what is not HTTP is a bad response");
  promise_showable(error.message, "a refusal may be shown");
}

Heard hear(const std::vector<std::string_view>& stream, ReplyTo to) {
  ReplyParser parser(to, kLimits);
  Heard heard;
  bool is_complete = false;
  for (const std::string_view piece : stream) {
    heard.rest.append(piece);
    if (is_complete) continue;
    const auto fed = parser.feed(heard.rest);
    if (!fed) {
      check_refusal(fed.error());
      Heard refused;
      refused.is_refused = true;
      return refused;
    }
    is_complete = *fed;
  }
  if (!is_complete && !parser.end()) return {};
  heard.keeps_alive = parser.keeps_alive();
  heard.reply = parser.take();
  return heard;
}

void check_same(const Heard& one, const Heard& other) {
  promise(one.is_refused == other.is_refused, "pieces do not change what is refused");
  promise(one.reply.has_value() == other.reply.has_value(), "pieces do not change what is whole");
  if (!one.reply) return;
  promise(one.reply->status == other.reply->status && one.reply->headers == other.reply->headers &&
              one.reply->body == other.reply->body &&
              one.reply->ended_by_close == other.reply->ended_by_close,
          "pieces do not change what is read");
  promise(one.rest == other.rest && one.keeps_alive == other.keeps_alive,
          "pieces do not change what is left over");
}

void check_reply(const Heard& heard, ReplyTo to) {
  const HttpResponse& reply = *heard.reply;
  promise(reply.status >= 200 && reply.status <= 599, "a final status");
  promise(reply.body.size() <= kLimits.max_body, "a body is within its limit");
  promise(to == ReplyTo::other || reply.body.empty(), "no body answers HEAD and CONNECT");
  promise(!reply.ended_by_close || (!heard.keeps_alive && heard.rest.empty()),
          "nothing follows what only the end of the connection ends");
  for (const HttpHeader& header : reply.headers) {
    promise(is_token(header.name) && is_field_value(header.value), "a header is well-formed");
  }
}

/// What was read and is written again is read as the same.
void check_written_again(const HttpResponse& reply) {
  const auto text = encode_reply(reply, {.keep_alive = true});
  promise(text.has_value(), "a reply that was read can be written");
  std::string input = *text;
  ReplyParser parser(ReplyTo::other, {8 * kLimits.max_header, kLimits.max_body});
  const auto complete = parser.feed(input);
  promise(complete && *complete && input.empty(), "it is read again whole");
  const HttpResponse again = parser.take();
  promise(again.status == reply.status && again.body == reply.body, "it is read again as the same");
}

}  // namespace

void http_reply(std::string_view input) {
  auto sizes = take_line(input);
  const char kind = take_byte(sizes);
  const ReplyTo to = kind == 'h' ? ReplyTo::head : kind == 'c' ? ReplyTo::connect : ReplyTo::other;
  const Heard whole = hear({input}, to);
  check_same(hear(pieces(input, sizes), to), whole);
  const bool is_short = input.size() <= kShort;  // byte by byte takes the square of the length
  if (is_short) check_same(hear(pieces(input, "\1"), to), whole);
  if (!whole.reply) return;
  check_reply(whole, to);
  check_written_again(*whole.reply);
}

}  // namespace authzd::fuzz
