// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Where an HTTP/1 message ends, and what determines that: RFC 9112 §3.2 (Host), §6 (body) and §9.3
// (connection), without exceptions and without guessing. If two readers disagree about this, one
// message can be smuggled inside another.
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

#include <cstdint>
#include <string>
#include <string_view>

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

}  // namespace authzd
