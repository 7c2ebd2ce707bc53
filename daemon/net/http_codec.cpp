// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/http_codec.hpp"

#include "reconciler/base/text.hpp"

#include <utility>

namespace authzd {
namespace {

/// The head at the front of `input`, which is not consumed; empty if it is incomplete.
Result<std::string_view> find_head(std::string_view input, std::size_t limit) {
  const auto size = head_size(input);
  if (!size) return size.error();
  const std::size_t seen = *size == 0 ? input.size() : *size;
  if (seen > limit) {
    return refused(431, "its header is over the limit of " + std::to_string(limit) + " bytes");
  }
  return input.substr(0, *size);
}

/// Detects anything but HTTP before a whole head's size of it has arrived.
bool may_become_reply(std::string_view input) {
  constexpr std::string_view kStart = "HTTP/1.";
  return kStart.starts_with(input.substr(0, kStart.size()));
}

/// A refused reply has its own error: there is no one to answer.
Error bad_reply(const Error& why) {
  return {ErrorCode::bad_response, "the reply is refused: " + why.message};
}

}  // namespace

ReplyParser::ReplyParser(ReplyTo request, ParseLimits limits)
    : request_(request), limits_(limits) {}

Result<bool> ReplyParser::feed(std::string& input) {
  while (!body_) {
    const auto read = read_head(input);
    if (!read) return bad_reply(read.error());
    if (!*read) return false;
  }
  auto complete = body_->feed(input);
  if (!complete) return bad_reply(complete.error());
  return complete;
}

/// True when a head was read; only a final one has a body.
Result<bool> ReplyParser::read_head(std::string& input) {
  if (!may_become_reply(input)) return malformed("it does not start with HTTP/1.");
  const auto text = find_head(input, limits_.max_header);
  if (!text) return text.error();
  if (text->empty()) return false;
  auto head = read_reply_head(*text);
  if (!head) return std::move(head).error();
  auto framing = frame_reply(*head, request_);
  if (!framing) return std::move(framing).error();
  input.erase(0, text->size());
  const bool is_informational = head->status / 100 == 1;
  if (is_informational) return true;
  head_ = *std::move(head);
  framing_ = *framing;
  body_.emplace(framing_, limits_);
  return true;
}

Result<bool> ReplyParser::end() {
  if (body_ && body_->end()) return true;
  return Error{ErrorCode::unavailable, "the connection was closed before the reply was whole"};
}

HttpResponse ReplyParser::take() {
  HttpResponse response{head_.status, std::move(head_.headers), body_->take()};
  response.ended_by_close = framing_.end == BodyEnd::by_close;
  return response;
}

Result<bool> RequestParser::feed(std::string& input) {
  if (!body_) {
    auto read = read_head(input);
    if (!read || !*read) return read;
  }
  auto complete = body_->feed(input);
  is_complete_ = complete && *complete;
  return complete;
}

Result<bool> RequestParser::read_head(std::string& input) {
  const auto text = find_head(input, limits_.max_header);
  if (!text) return text.error();
  if (text->empty()) return false;
  auto head = read_request_head(*text);
  if (!head) return std::move(head).error();
  auto framing = frame_request(*head);
  if (!framing) return std::move(framing).error();
  input.erase(0, text->size());
  head_ = *std::move(head);
  framing_ = *framing;
  body_.emplace(framing_, limits_);
  return true;
}

bool RequestParser::wants_continue() {
  if (asked_to_continue_ || !body_ || is_complete_) return false;
  asked_to_continue_ = true;
  return !is_http_1_0() && iequals(find_header(head_.headers, "Expect"), "100-continue");
}

HttpRequest RequestParser::take() {
  return {
      std::move(head_.method), origin_form(head_.target), std::move(head_.headers), body_->take()};
}

}  // namespace authzd
