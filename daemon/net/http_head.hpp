// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The head of an HTTP/1 message: start line and header section, read by Beast, with additional
// checks where Beast is lenient. http_framing handles what follows.
#pragma once

#include "daemon/net/http.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace authzd {

/// Major and minor version; only HTTP/1 is supported.
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

/// How many bytes at the front of `input` are a head, including the empty line; 0 if it is
/// incomplete. Errors: rejected, if it cannot become one.
Result<std::size_t> head_size(std::string_view input);

/// `text` is a whole head. A field that continues on the next line (obs-fold) is refused: RFC 9112
/// §5.2 allows a server to do so, and none of our peers sends one.
/// Errors: rejected; `detail.http_status` is what a server answers.
Result<RequestHead> read_request_head(std::string_view text);
Result<ReplyHead> read_reply_head(std::string_view text);

}  // namespace authzd
