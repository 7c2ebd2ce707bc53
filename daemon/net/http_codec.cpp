// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/http_codec.hpp"

#include "daemon/net/http_framing.hpp"
#include "daemon/net/http_grammar.hpp"
#include "reconciler/base/text.hpp"

#include <array>
#include <charconv>
#include <string>
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

namespace {

void add_header(std::string& text, std::string_view name, std::string_view value) {
  text.append(name).append(": ").append(value).append("\r\n");
}

bool is_about_framing(std::string_view name) {
  return iequals(name, "Content-Length") || iequals(name, "Transfer-Encoding") ||
         iequals(name, "Connection");
}

/// An error never quotes a value: it may be a token.
Result<bool> add_headers(std::string& text, const HttpHeaders& headers) {
  for (const auto& [name, value] : headers) {
    if (!is_token(name) || !is_field_value(value)) {
      return Error{ErrorCode::internal, "the HTTP header " + printable(name) + " is malformed"};
    }
    if (!is_about_framing(name)) add_header(text, name, value);
  }
  return true;
}

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 422: return "Unprocessable Content";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Status";
  }
}

}  // namespace

Result<std::string> encode_request(const HttpRequest& request) {
  if (!is_token(request.method) || !is_target(request.target)) {
    return Error{ErrorCode::internal,
                 "not an HTTP request line: " + printable(request.method + " " + request.target)};
  }
  std::string text = request.method + " " + request.target + " HTTP/1.1\r\n";
  const auto added = add_headers(text, request.headers);
  if (!added) return added.error();

  const bool says_length = request.method != "GET" && request.method != "HEAD";
  if (says_length || !request.body.empty()) {
    add_header(text, "Content-Length", std::to_string(request.body.size()));
  }
  return text + "\r\n" + request.body;
}

Result<std::string> encode_reply(const HttpResponse& response, ReplyForm form) {
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + " " +
                     std::string(reason_of(response.status)) + "\r\n";
  const auto added = add_headers(text, response.headers);
  if (!added) return added.error();

  const bool bodiless = has_no_body(response.status);
  if (form.in_pieces && !form.http_1_0) add_header(text, "Transfer-Encoding", "chunked");
  const bool says_length = !bodiless && !form.in_pieces;
  if (says_length) add_header(text, "Content-Length", std::to_string(response.body.size()));
  if (!form.keep_alive) add_header(text, "Connection", "close");
  if (form.keep_alive && form.http_1_0) add_header(text, "Connection", "keep-alive");
  text += "\r\n";
  if (says_length && !form.to_head) text += response.body;
  return text;
}

std::string encode_chunk(std::string_view piece) {
  if (piece.empty()) return "0\r\n\r\n";
  constexpr std::size_t kMostDigits = 16;
  std::array<char, kMostDigits> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), piece.size(), 16);
  std::string text(digits.data(), end.ptr);
  return text.append("\r\n").append(piece).append("\r\n");
}

}  // namespace authzd
