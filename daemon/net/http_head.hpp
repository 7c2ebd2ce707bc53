// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The head of an HTTP/1 message: start line and header section, read by Beast and held to what
// Beast is lenient about. What follows the head is http_framing's and http_body's.
#pragma once

#include "daemon/net/http.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace authzd {

/// Major and minor of HTTP/1: nothing else is spoken here.
enum class HttpVersion { http_1_0, http_1_1 };

struct RequestHead {
  HttpVersion version = HttpVersion::http_1_1;
  std::string method;
  std::string target;
  HttpHeaders headers;
};

struct ReplyHead {
  HttpVersion version = HttpVersion::http_1_1;
  int status = 0;
  HttpHeaders headers;
};

/// How many bytes at the front of `input` are a head, the empty line included; 0 where it is not
/// whole yet. Errors: rejected, where it cannot become one.
Result<std::size_t> head_size(std::string_view input);

/// `text` is a whole head. A field that goes on in the next line (obs-fold) is refused: RFC 9112
/// §5.2 lets a server do so, and nothing that we talk to sends one.
/// Errors: rejected; `detail.http_status` is what a server answers.
Result<RequestHead> read_request_head(std::string_view text);
Result<ReplyHead> read_reply_head(std::string_view text);

}  // namespace authzd
