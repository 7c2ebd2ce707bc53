// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// HTTP as values, for everything above the transport. Only .cpp files of this folder use Beast.
#pragma once

#include "daemon/net/async.hpp"
#include "reconciler/base/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

struct HttpHeader {
  std::string name;
  std::string value;

  bool operator==(const HttpHeader&) const = default;
};

using HttpHeaders = std::vector<HttpHeader>;

/// The first header with that name (case is ignored); empty if there is none.
std::string_view find_header(const HttpHeaders& headers, std::string_view name);

/// scheme://host[:port]. `host` has no brackets around an IPv6 address.
struct Origin {
  std::string scheme;  // "http" or "https"
  std::string host;
  std::uint16_t port = 0;

  auto operator<=>(const Origin&) const = default;
};

/// The default number of simultaneous requests to one origin, for one account.
inline constexpr std::size_t kDefaultConcurrency = 16;

/// Reads "https://host[:port][/path]" and nothing else: no user, no query, no fragment.
/// Errors: invalid_config, with what is wrong.
struct BaseUrl {
  Origin origin;
  std::string path;  // without a final '/'; often empty
};
Result<BaseUrl> parse_base_url(std::string_view text);

/// Whether plain HTTP to it is allowed: loopback and the metadata service 169.254.169.254.
bool may_be_plain(const std::string& host);

/// Refuses plain HTTP to all but loopback and the metadata service (design §7).
/// Errors: invalid_config, with what to do.
Result<void> check_transport(const Origin& origin);

std::string to_string(const Origin& origin);

struct HttpLimits {
  std::chrono::milliseconds connect{5'000};     // name look-up and TCP
  std::chrono::milliseconds handshake{10'000};  // TLS
  std::chrono::milliseconds read{30'000};   // from the request sent to each next part of the reply
  std::chrono::milliseconds total{90'000};  // the whole exchange, from when its turn begins
  std::size_t max_body = 64U << 20U;        // bytes of a reply's body
  std::size_t max_header = 32U << 10U;      // bytes of a reply's status line and headers

  bool operator==(const HttpLimits&) const = default;
};

struct HttpRequest {
  std::string method;
  std::string target;  // path and query, already encoded
  HttpHeaders headers = {};
  std::string body = {};
  /// Limit for the whole exchange; HttpLimits::total if unset or longer.
  std::optional<std::chrono::milliseconds> longest = {};
  /// The reply takes long to begin: of the limits on reading only `longest` applies.
  bool may_be_silent = false;
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers = {};
  std::string body = {};
  // Only the end of the connection ended the body: a truncated one looks the same (RFC 9112 §8).
  bool ended_by_close = false;
};

/// Sends one request and reads one reply, to one origin. It neither retries nor follows redirects.
class HttpClient {
 public:
  virtual ~HttpClient() = default;

  /// Errors: unavailable (no connection, reset, closed early), timeout, bad_response (violates RFC
  /// 9112, body over the limit, more bytes than the reply), unavailable with a TLS reason (bad
  /// certificate, wrong host). Every error says in `detail.may_have_happened` whether sending had
  /// begun. Cancellation: safe; the server may or may not have acted on the request.
  virtual Async<HttpResponse> send(HttpRequest request) = 0;
};

}  // namespace authzd
