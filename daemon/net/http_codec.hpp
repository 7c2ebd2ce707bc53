// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// HTTP/1.1 messages to bytes and back, without any I/O. The parsers are Beast's; they take the
// bytes in whatever pieces they come.
#pragma once

#include "daemon/net/http.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace authzd {

struct ParseLimits {
  std::size_t max_header = 32U << 10U;
  std::size_t max_body = 64U << 20U;
};

/// Reads one reply. Informational ones (1xx) before it are passed over.
class ReplyParser {
 public:
  /// `to_head`: the reply to a HEAD request has no body, whatever its headers say.
  ReplyParser(bool to_head, ParseLimits limits);
  ~ReplyParser();

  /// Takes what it can from the front of `input`; true when the reply is complete.
  /// Errors: bad_response (not HTTP, over a limit).
  Result<bool> feed(std::string& input);

  /// The other side has ended the stream in good order: completes a body that has no length.
  /// Errors: unavailable where the reply is cut short.
  Result<bool> end();

  /// Whether the connection may carry another request.
  [[nodiscard]] bool keeps_alive() const;

  HttpResponse take();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Reads one request.
class RequestParser {
 public:
  explicit RequestParser(ParseLimits limits);
  ~RequestParser();

  /// Takes what it can from the front of `input`; true when the request is complete.
  /// Errors: rejected; `detail.http_status` is what to answer: 400, 413 or 431.
  Result<bool> feed(std::string& input);

  /// True once, when the header is read and its sender waits for "100 Continue" before the body.
  bool wants_continue();

  [[nodiscard]] bool keeps_alive() const;
  [[nodiscard]] bool is_http_1_0() const;

  HttpRequest take();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Writes Content-Length itself: headers that speak of the message's framing (Content-Length,
/// Transfer-Encoding, Connection) are left out of both kinds of message, as only the one who writes
/// the bytes knows. Errors: internal, where a part could break out of its place (a line break in a
/// header).
Result<std::string> encode_request(const HttpRequest& request);

struct ReplyForm {
  bool to_head = false;     // headers only
  bool keep_alive = false;  // otherwise "Connection: close"
  bool http_1_0 = false;    // the request's version
};

/// As above; writes Connection too. The body of a reply to HEAD is counted and not sent.
Result<std::string> encode_reply(const HttpResponse& response, ReplyForm form);

}  // namespace authzd
