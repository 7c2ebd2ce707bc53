// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/http_head.hpp"

#include "daemon/net/http_framing.hpp"
#include "daemon/net/http_grammar.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

namespace authzd {
namespace {

namespace http = boost::beast::http;

constexpr std::string_view kEnd = "\r\n\r\n";

bool has_folded_field(std::string_view text) {
  return text.find("\r\n ") != std::string_view::npos ||
         text.find("\r\n\t") != std::string_view::npos;
}

bool has_bare_line_feed(std::string_view text) {
  for (auto at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    if (at == 0 || text[at - 1] != '\r') return true;
  }
  return false;
}

HttpHeaders headers_of(const http::fields& fields) {
  HttpHeaders headers;
  for (const auto& field : fields) {
    headers.push_back({std::string(field.name_string()), std::string(field.value())});
  }
  return headers;
}

bool is_valid(const HttpHeader& header) {
  return is_token(header.name) && is_field_value(header.value);
}

/// `parser` reads only the head: Beast and RFC 9112 differ on some bodies.
template <class Parser>
Result<void> parse(Parser& parser, std::string_view text) {
  if (has_folded_field(text)) return malformed("a header field continues on the next line");
  parser.skip(true);
  parser.header_limit(std::numeric_limits<std::uint32_t>::max());  // the caller has its own limit
  boost::system::error_code ec;
  const std::size_t used = parser.put(boost::asio::buffer(text), ec);
  if (ec) return malformed(ec.message());
  if (!parser.is_done() || used != text.size())
    return malformed("its head ends before its empty line");
  return {};
}

template <class Message>
HttpVersion version_of(const Message& message) {
  return message.version() == 10 ? HttpVersion::http_1_0 : HttpVersion::http_1_1;
}

}  // namespace

Result<std::size_t> head_size(std::string_view input) {
  const auto end = input.find(kEnd);
  const bool is_whole = end != std::string_view::npos;
  const std::size_t size = is_whole ? end + kEnd.size() : input.size();
  if (has_bare_line_feed(input.substr(0, size))) {
    return malformed("a line of its head does not end in CR LF");
  }
  return is_whole ? size : 0;
}

Result<RequestHead> read_request_head(std::string_view text) {
  http::request_parser<http::empty_body> parser;
  if (auto parsed = parse(parser, text); !parsed) return std::move(parsed).error();
  const auto message = parser.release();
  RequestHead head{version_of(message),
                   std::string(message.method_string()),
                   std::string(message.target()),
                   headers_of(message)};
  if (!is_token(head.method) || !is_target(head.target))
    return malformed("its first line is malformed");
  if (!std::ranges::all_of(head.headers, is_valid)) return malformed("a header field is malformed");
  return head;
}

Result<ReplyHead> read_reply_head(std::string_view text) {
  http::response_parser<http::empty_body> parser;
  if (auto parsed = parse(parser, text); !parsed) return std::move(parsed).error();
  const auto message = parser.release();
  ReplyHead head{version_of(message), static_cast<int>(message.result_int()), headers_of(message)};
  if (head.status < 100 || head.status > 599) return malformed("its status is none of HTTP's");
  if (!std::ranges::all_of(head.headers, is_valid)) return malformed("a header field is malformed");
  return head;
}

}  // namespace authzd
