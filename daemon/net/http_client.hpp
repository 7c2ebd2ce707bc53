// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The HTTP client: keep-alive connections to one origin, of its own or shared with other clients, a
// number of requests at a time; TLS 1.2 or later with chain and host name verified, through a proxy
// too.
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
  std::string ca_file = {};                       // PEM; empty: the system's roots
  std::string ca_key = "iam.caFile";              // the key of the configuration that names it
  std::size_t concurrency = kDefaultConcurrency;  // further sends wait their turn
  std::chrono::milliseconds idle{50'000};         // as PoolOptions has it
  HttpLimits limits = {};
  ProxySettings proxies = {};  // whether one of them is used is for its rules to say
  std::shared_ptr<ConnectionPools> pools = {};  // to share connections; null: they are its own
};

/// The client must outlive its sends. Errors: invalid_config where `ca_file` cannot be used, and
/// where the origin is plain HTTP on anything but loopback or the metadata service 169.254.169.254.
Result<std::unique_ptr<HttpClient>> make_http_client(boost::asio::any_io_executor executor,
                                                     HttpClientOptions options);

/// The same, made when it is first used: for what most processes never ask. Errors of making it are
/// those of its sends.
std::unique_ptr<HttpClient> make_late_http_client(boost::asio::any_io_executor executor,
                                                  HttpClientOptions options);

}  // namespace authzd
