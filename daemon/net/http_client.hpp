// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The HTTP client: keep-alive connections to one origin, its own or shared with other clients;
// several requests at a time; TLS 1.2 or later with verified chain and host name; proxies.
#pragma once

#include "daemon/net/connection_pool.hpp"
#include "daemon/net/http.hpp"
#include "daemon/net/proxy.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace authzd {

struct HttpClientOptions {
  Origin origin;
  std::string ca_file = {};                       // PEM; empty: the system's CAs
  std::string ca_key = "iam.caFile";              // the configuration key for `ca_file`
  std::size_t concurrency = kDefaultConcurrency;  // further sends wait for their turn
  std::chrono::milliseconds idle{50'000};         // as in PoolOptions
  HttpLimits limits = {};
  ProxySettings proxies = {};                   // their rules decide whether one is used
  std::shared_ptr<ConnectionPools> pools = {};  // to share connections; null: not shared
};

/// The client must outlive its sends. Errors: invalid_config if `ca_file` cannot be used, or if the
/// origin is plain HTTP on anything but loopback or the metadata service 169.254.169.254.
Result<std::unique_ptr<HttpClient>> make_http_client(boost::asio::any_io_executor executor,
                                                     HttpClientOptions options);

/// The same, made on first use: for servers that most processes never contact. Errors in making it
/// are errors of its sends.
std::unique_ptr<HttpClient> make_late_http_client(boost::asio::any_io_executor executor,
                                                  HttpClientOptions options);

}  // namespace authzd
