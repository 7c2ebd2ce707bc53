// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/http_codec.hpp"
#include "daemon/net/http_framing.hpp"
#include "daemon/net/http_grammar.hpp"
#include "reconciler/base/text.hpp"

#include <array>
#include <charconv>
#include <string>

namespace authzd {

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
    case 304: return "Not Modified";
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
