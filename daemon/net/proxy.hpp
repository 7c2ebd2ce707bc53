// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// How to reach an origin: directly, or through the proxy of HTTPS_PROXY, with the exceptions of
// NO_PROXY. Values and rules only; the tunnel itself is in connect.hpp, and nothing here reads the
// environment.
#pragma once

#include "daemon/net/http.hpp"
#include "reconciler/base/secret.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

struct Proxy {
  std::string host;  // without brackets
  std::uint16_t port = 0;
  Secret authorization = {};  // value of Proxy-Authorization; empty: none
  Secret url = {};            // complete, for another program: "http://user:password@host:port"

  /// "proxy.example:3128", for messages; never with the credentials.
  [[nodiscard]] std::string name() const;
};

/// "http://[user:password@]host[:port][/]", or without the scheme; user and password may be
/// percent-encoded, the standard port is 80. Errors: invalid_config; the message shows nothing of
/// the URL but its scheme.
Result<Proxy> parse_proxy(std::string_view url);

/// The exceptions. Items are separated by commas or white space and read as curl and IBM's own
/// clients (Go) do, without a name look-up:
///
///   *               everything
///   example.com     the host of that name, and all names below it
///   .example.com    all names below it; so does *.example.com
///   10.1.2.3, ::1   that address, where the origin is an address
///   10.0.0.0/8      every address of that network
///   any but a network, with ":port" (an IPv6 address in brackets): that port alone
class NoProxy {
 public:
  NoProxy() = default;
  explicit NoProxy(std::string_view text);

  [[nodiscard]] bool covers(const Origin& origin) const;

 private:
  std::vector<std::string> items_;  // lower case
};

/// HTTPS_PROXY and NO_PROXY as values.
class ProxySettings {
 public:
  ProxySettings() = default;

  /// An empty `proxy` is none. Errors: those of parse_proxy, naming the variable.
  static Result<ProxySettings> parse(std::string_view proxy, std::string_view no_proxy);

  /// Null: directly. Loopback and the metadata service 169.254.169.254 never use a proxy, and
  /// neither does plain HTTP. The pointer is into this object.
  [[nodiscard]] const Proxy* way_to(const Origin& origin) const;

 private:
  std::optional<Proxy> proxy_;
  NoProxy no_proxy_;
};

}  // namespace authzd
