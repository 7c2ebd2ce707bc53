// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The HTTP client: keep-alive connections to one origin, its own or shared with other clients;
// several requests at a time; TLS 1.2 or later with verified chain and host name; proxies.
#pragma once

#include "daemon/net/byte_stream.hpp"
#include "daemon/net/fair_gate.hpp"
#include "daemon/net/http.hpp"
#include "daemon/net/proxy.hpp"
#include "daemon/net/tls_stream.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace authzd {

/// Identifies the CAs that a new client would use now, to detect changes: a reload applies a
/// changed CA file, or a changed store of the system. The same text for the same CAs: the digest of
/// a file; for the system's store (`ca_file` is empty) its last change according to the file
/// system. An unreadable file has a text, too.
std::string fingerprint_of_roots(const std::string& ca_file);

struct PoolOptions {
  Origin origin;
  std::string ca_file = {};           // PEM; empty: the system's CAs
  std::string ca_key = "iam.caFile";  // the configuration key for `ca_file`
  // An idle connection is not used after this: something on the path may have dropped it.
  std::chrono::milliseconds idle{50'000};
  ProxySettings proxies = {};  // their rules decide whether one is used
};

/// Connections to one origin: how to make them, and those that are idle. Clients of the same origin
/// with the same CAs share a pool, and so one TLS context with its CAs, which take most of the
/// memory and time that a client costs.
class ConnectionPool {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Errors: invalid_config if `ca_file` cannot be used, or if the origin is plain HTTP on anything
  /// but loopback or the metadata service 169.254.169.254.
  static Result<std::shared_ptr<ConnectionPool>> make(boost::asio::any_io_executor executor,
                                                      PoolOptions options);

  /// An idle connection: the one used last, as the server is the least likely to have closed it;
  /// null: there is none.
  std::unique_ptr<ByteStream> take_idle();

  /// A new connection. Only some are made at a time: a fleet that starts needs hundreds at once.
  /// Errors: as of connect(). This must outlive it. Cancellation: safe.
  Async<std::unique_ptr<ByteStream>> connect(HttpLimits limits);

  /// Stores a connection for another request.
  void keep(std::unique_ptr<ByteStream> stream);

  /// Called when the server has closed one of them: the others are likely closed, too.
  void forget_idle() { idle_.clear(); }

  /// Closes those that have been idle for too long at `now`.
  void close_idle(Time now);

  [[nodiscard]] std::size_t idle() const { return idle_.size(); }

 private:
  struct Idle {
    std::unique_ptr<ByteStream> stream;
    Time since;
  };

  ConnectionPool(boost::asio::any_io_executor executor,
                 PoolOptions options,
                 std::optional<TlsContext> tls);

  PoolOptions options_;
  std::optional<TlsContext> tls_;
  FairGate connecting_;
  std::vector<Idle> idle_;  // the most recently used is last
};

/// The pools of a process; each exists as long as a client uses it.
class ConnectionPools {
 public:
  /// The pool of another client with equal options and the current CAs, or a new one. Errors: those
  /// of ConnectionPool::make.
  Result<std::shared_ptr<ConnectionPool>> pool_of(const boost::asio::any_io_executor& executor,
                                                  const PoolOptions& options);

  /// As ConnectionPool::close_idle, of all.
  void close_idle(ConnectionPool::Time now);

  [[nodiscard]] std::size_t size() const;

 private:
  struct Member {
    PoolOptions options;
    std::string roots;
    std::weak_ptr<ConnectionPool> pool;
  };

  std::vector<Member> members_;  // few: one for each endpoint and its CAs
};

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
