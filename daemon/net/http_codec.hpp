// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// HTTP/1.1 messages to bytes and back, without any I/O. The parsers accept pieces of any size, and
// nothing that RFC 9112 forbids: tests/contract/http compares them with h11.
#pragma once

#include "daemon/net/http.hpp"
#include "daemon/net/http_framing.hpp"
#include "daemon/net/http_head.hpp"

#include <optional>
#include <string>

namespace authzd {

/// Reads one reply. Informational ones (1xx) before it are skipped.
class ReplyParser {
 public:
  ReplyParser(ReplyTo request, ParseLimits limits);

  /// Consumes what it can from the front of `input`; true when the reply is complete.
  /// Errors: bad_response (not HTTP, over a limit).
  Result<bool> feed(std::string& input);

  /// The peer has ended the stream in good order: completes a body that has no length.
  /// Errors: unavailable if the reply is truncated.
  Result<bool> end();

  /// Whether the connection may carry another request.
  [[nodiscard]] bool keeps_alive() const { return framing_.keeps_alive; }

  /// Whether the status and the headers have been read.
  [[nodiscard]] bool has_head() const { return body_.has_value(); }
  [[nodiscard]] int status() const { return head_.status; }

  /// What has come of the body since the last call; ParseLimits::max_body then counts from here.
  std::string take_part() { return body_ ? body_->take() : std::string(); }

  HttpResponse take();

 private:
  Result<bool> read_head(std::string& input);

  ReplyTo request_;
  ParseLimits limits_;
  ReplyHead head_;
  Framing framing_;
  std::optional<BodyReader> body_;  // none: the head has not been read yet
};

/// Reads one request.
class RequestParser {
 public:
  explicit RequestParser(ParseLimits limits) : limits_(limits) {}

  /// Consumes what it can from the front of `input`; true when the request is complete.
  /// Errors: rejected; `detail.http_status` is what to answer: 400, 413, 431 or 501.
  Result<bool> feed(std::string& input);

  /// True once, when the header was read and its sender waits for "100 Continue" before the body.
  bool wants_continue();

  [[nodiscard]] bool keeps_alive() const { return framing_.keeps_alive; }
  [[nodiscard]] bool is_http_1_0() const { return head_.version == HttpVersion::http_1_0; }

  /// A target in absolute-form is converted to a path.
  HttpRequest take();

 private:
  Result<bool> read_head(std::string& input);

  ParseLimits limits_;
  RequestHead head_;
  Framing framing_;
  std::optional<BodyReader> body_;  // none: the head has not been read yet
  bool is_complete_ = false;
  bool asked_to_continue_ = false;
};

/// Writes Content-Length itself: headers about the message's framing (Content-Length,
/// Transfer-Encoding, Connection) are omitted from both kinds of messages, as only the writer of
/// the bytes knows them. Errors: internal, if a part could break out of its place (a line break in
/// a header).
Result<std::string> encode_request(const HttpRequest& request);

struct ReplyForm {
  bool to_head = false;     // headers only
  bool keep_alive = false;  // otherwise "Connection: close"
  bool http_1_0 = false;    // the request's version
  bool in_pieces = false;   // the body follows in chunks; to HTTP/1.0, until the connection ends
};

/// As above; writes Connection too. The body of a reply to HEAD is counted but not sent.
Result<std::string> encode_reply(const HttpResponse& response, ReplyForm form);

/// One piece of a body in chunks; empty: its end.
std::string encode_chunk(std::string_view piece);

}  // namespace authzd
