// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/http_codec.hpp"

#include "reconciler/base/text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <optional>
#include <utility>

namespace authzd {

namespace http = boost::beast::http;

namespace {

HttpHeaders headers_of(const http::fields& fields) {
  HttpHeaders headers;
  for (const auto& field : fields) {
    headers.push_back({std::string(field.name_string()), std::string(field.value())});
  }
  return headers;
}

template <class Parser>
void configure(Parser& parser, ParseLimits limits) {
  parser.eager(true);
  parser.header_limit(static_cast<std::uint32_t>(limits.max_header));
  parser.body_limit(limits.max_body);
}

/// Gives the parser the front of `input` and takes off what it used. `need_more` is no error here,
/// unless a single line is longer than a whole header may be: the parser has no limit for those
/// between chunks. Nor may it see the last chunk ("0" and two line ends) in part: Beast 1.81
/// asserts that it has five bytes of it when it comes back to it.
template <class Parser>
boost::system::error_code put(Parser& parser, std::string& input, std::size_t max_line) {
  constexpr std::size_t kLastChunk = 5;
  boost::system::error_code ec;
  while (!input.empty() && !parser.is_done()) {
    if (parser.is_header_done() && parser.chunked() && input.size() < kLastChunk) return {};
    const std::size_t used = parser.put(boost::asio::buffer(input), ec);
    input.erase(0, used);
    if (ec || used == 0) break;
  }
  if (ec && ec != http::error::need_more) return ec;
  const bool too_long = !parser.is_done() && input.size() > max_line;
  if (too_long) return http::error::header_limit;
  return {};
}

}  // namespace

struct ReplyParser::Impl {
  using Parser = http::response_parser<http::string_body>;

  Impl(bool head, ParseLimits the_limits) : to_head(head), limits(the_limits) { restart(); }

  void restart() {
    parser.emplace();
    configure(*parser, limits);
    if (to_head) parser->skip(true);
  }

  [[nodiscard]] bool is_informational() const {
    const unsigned status = parser->get().result_int();
    return parser->is_done() && status / 100 == 1 && status != 101;
  }

  bool to_head;
  ParseLimits limits;
  std::optional<Parser> parser;
};

ReplyParser::ReplyParser(bool to_head, ParseLimits limits)
    : impl_(std::make_unique<Impl>(to_head, limits)) {}
ReplyParser::~ReplyParser() = default;

Result<bool> ReplyParser::feed(std::string& input) {
  const auto max_line = impl_->limits.max_header;
  auto ec = put(*impl_->parser, input, max_line);
  while (!ec && impl_->is_informational()) {
    impl_->restart();
    ec = put(*impl_->parser, input, max_line);
  }
  if (ec == http::error::body_limit) {
    return Error{ErrorCode::bad_response,
                 "the reply's body is over the limit of " + std::to_string(impl_->limits.max_body) +
                     " bytes"};
  }
  if (ec == http::error::header_limit) {
    return Error{ErrorCode::bad_response,
                 "the reply's header is over the limit of " +
                     std::to_string(impl_->limits.max_header) + " bytes"};
  }
  if (ec) return Error{ErrorCode::bad_response, "the reply is not valid HTTP: " + ec.message()};
  return impl_->parser->is_done();
}

Result<bool> ReplyParser::end() {
  boost::system::error_code ec;
  if (impl_->parser->got_some()) impl_->parser->put_eof(ec);
  if (ec || !impl_->parser->is_done()) {
    const bool begun = impl_->parser->got_some();
    return Error{ErrorCode::unavailable,
                 begun ? "the connection was closed in the middle of the reply"
                       : "the connection was closed without a reply"};
  }
  return true;
}

bool ReplyParser::keeps_alive() const {
  return impl_->parser->keep_alive();
}

HttpResponse ReplyParser::take() {
  auto message = impl_->parser->release();
  return {static_cast<int>(message.result_int()), headers_of(message), std::move(message.body())};
}

struct RequestParser::Impl {
  explicit Impl(ParseLimits the_limits) : limits(the_limits) { configure(parser, limits); }

  ParseLimits limits;
  http::request_parser<http::string_body> parser;
  bool asked_to_continue = false;
};

RequestParser::RequestParser(ParseLimits limits) : impl_(std::make_unique<Impl>(limits)) {}
RequestParser::~RequestParser() = default;

Result<bool> RequestParser::feed(std::string& input) {
  const auto ec = put(impl_->parser, input, impl_->limits.max_header);
  if (ec) {
    Error error{ErrorCode::rejected, "not a valid HTTP request: " + ec.message()};
    error.detail.http_status = 400;
    if (ec == http::error::body_limit) error.detail.http_status = 413;
    if (ec == http::error::header_limit) error.detail.http_status = 431;
    return error;
  }
  return impl_->parser.is_done();
}

bool RequestParser::wants_continue() {
  if (impl_->asked_to_continue || !impl_->parser.is_header_done() || impl_->parser.is_done()) {
    return false;
  }
  impl_->asked_to_continue = true;
  if (is_http_1_0()) return false;
  return iequals(std::string(impl_->parser.get()[http::field::expect]), "100-continue");
}

bool RequestParser::keeps_alive() const {
  return impl_->parser.keep_alive();
}
bool RequestParser::is_http_1_0() const {
  return impl_->parser.get().version() < 11;
}

HttpRequest RequestParser::take() {
  auto message = impl_->parser.release();
  return {std::string(message.method_string()),
          std::string(message.target()),
          headers_of(message),
          std::move(message.body())};
}

}  // namespace authzd
