// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Where an HTTP/1 message ends, what determines that, and the reading of its body: RFC 9112 §3.2
// (Host), §6 and §7 (body) and §9.3 (connection), without exceptions and without guessing. If two
// readers disagree about this, one message can be smuggled inside another.
//
//   the head says                        a request                a reply
//   Transfer-Encoding and Content-Length 400                      bad
//   Transfer-Encoding: chunked, alone    chunks                   chunks
//   Transfer-Encoding: anything else     501, 400 if repeated     bad
//   Transfer-Encoding in HTTP/1.0        400                      bad
//   Content-Length, one line of digits   that many bytes          that many bytes
//   Content-Length, anything else        400                      bad
//   neither                              no body                  until the connection ends
//   to HEAD; 1xx, 204, 304                                        no body, though all holds as
//   above to CONNECT                                                    no body, whatever it says
#pragma once

#include "daemon/net/http_head.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace authzd {

enum class BodyEnd { no_body, by_length, by_chunks, by_close };

struct Framing {
  BodyEnd end = BodyEnd::no_body;
  std::uint64_t length = 0;  // by_length only
  bool keeps_alive = false;  // the connection may carry another message
};

/// The request of a reply, as far as the reply's end depends on it. A successful CONNECT has no
/// body, and that of a refusal is not read.
enum class ReplyTo { other, head, connect };

/// Whether a reply with that status has no body, whatever its head says.
bool has_no_body(int status);

/// Errors: rejected, with the status to answer in `detail.http_status`: also if Host is missing,
/// repeated or malformed, if the target has none of the forms of §3.2, and for CONNECT, as this is
/// no proxy.
Result<Framing> frame_request(const RequestHead& head);

/// Errors: rejected.
Result<Framing> frame_reply(const ReplyHead& head, ReplyTo request);

/// The target without scheme and authority, which a client may send (§3.2.2): "/path?query".
std::string origin_form(std::string_view target);

/// The error for a refused message, with the status that a server answers; `malformed`: 400.
Error refused(int status, std::string_view why);
Error malformed(std::string_view why);

struct ParseLimits {
  std::size_t max_header = 32U << 10U;  // of a head; also of everything between chunks, together
  std::size_t max_body = 64U << 20U;
};

/// The body of a message, read in pieces of any size. Trailers are checked and dropped: RFC 9112
/// §7.1.2 forbids merging them into the header. Chunk extensions are checked and ignored.
class BodyReader {
 public:
  BodyReader(Framing framing, ParseLimits limits);

  /// Consumes what it can from the front of `input`; true when the body is complete.
  /// Errors: rejected; `detail.http_status` is 400 or 413.
  Result<bool> feed(std::string& input);

  /// The peer has ended the stream in good order. False if that truncates the body.
  bool end();

  /// What has been read since the last call.
  [[nodiscard]] std::string take() { return std::exchange(body_, {}); }

 private:
  enum class Part { size_line, data, line_after_data, trailer, done };

  Result<void> step(std::string_view& rest);
  Result<void> take_line(std::string_view line);
  Result<void> begin_chunk(std::string_view line);
  void take_data(std::string_view& rest);
  [[nodiscard]] Result<void> check_room(std::uint64_t more) const;

  Framing framing_;
  ParseLimits limits_;
  Part part_;
  std::uint64_t left_ = 0;   // of the current chunk or body
  std::size_t between_ = 0;  // bytes of extensions and trailers so far
  std::string body_;
};

}  // namespace authzd
