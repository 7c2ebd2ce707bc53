// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Connections to one origin: how they are made, and those that wait to be used again. Clients of
// the same origin with the same roots share a pool, and so one TLS context and its roots, which
// take most of the memory and the time that a client costs.
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

struct PoolOptions {
  Origin origin;
  std::string ca_file = {};           // PEM; empty: the system's roots
  std::string ca_key = "iam.caFile";  // the key of the configuration that names it
  // An idle connection is not used again after this: something on the way may have forgotten it.
  std::chrono::milliseconds idle{50'000};
  ProxySettings proxies = {};  // whether one of them is used is for its rules to say
};

class ConnectionPool {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Errors: invalid_config where `ca_file` cannot be used, and where the origin is plain HTTP on
  /// anything but loopback or the metadata service 169.254.169.254.
  static Result<std::shared_ptr<ConnectionPool>> make(boost::asio::any_io_executor executor,
                                                      PoolOptions options);

  /// A connection that has served before: the one used last, as it is the least likely to have been
  /// closed by the server; null: there is none.
  std::unique_ptr<ByteStream> take_idle();

  /// A fresh one. Only some are made at a time: a fleet that starts asks for hundreds at once.
  /// Errors: as of connect(). This must outlive it. Cancellation: safe.
  Async<std::unique_ptr<ByteStream>> connect(HttpLimits limits);

  /// It may carry another request.
  void keep(std::unique_ptr<ByteStream> stream);

  /// One of them was found closed by the server: the others will be, too.
  void forget_idle() { idle_.clear(); }

  /// Closes those that have been idle for too long by then.
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
  std::vector<Idle> idle_;  // the one used last is the last
};

/// The pools of a process, each there for as long as a client uses it.
class ConnectionPools {
 public:
  /// The pool of another client with equal options and the roots as they are now, or a new one.
  /// Errors: those of ConnectionPool::make.
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

  std::vector<Member> members_;  // a few: one for each endpoint and its roots
};

}  // namespace authzd
