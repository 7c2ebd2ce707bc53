// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/connection_pool.hpp"

#include "daemon/net/connect.hpp"
#include "daemon/net/small_file.hpp"
#include "reconciler/base/digest.hpp"

#include <openssl/x509.h>

#include <algorithm>
#include <sys/stat.h>
#include <utility>

namespace authzd {

namespace {

/// Every change of the store replaces, writes or renames a file.
std::string last_change_of(const char* path) {
  struct stat facts {};
  if (::stat(path, &facts) != 0) return "none";
  return std::to_string(facts.st_ino) + ":" + std::to_string(facts.st_size) + ":" +
         std::to_string(facts.st_mtim.tv_sec) + "." + std::to_string(facts.st_mtim.tv_nsec);
}

}  // namespace

std::string fingerprint_of_roots(const std::string& ca_file) {
  if (ca_file.empty()) {
    return "system:" + last_change_of(::X509_get_default_cert_file()) + ":" +
           last_change_of(::X509_get_default_cert_dir());
  }
  const auto text = read_small_file(ca_file, "caFile");
  return ca_file + ":" + (text ? sha256_hex(*text) : "unreadable");
}

namespace {

// At a time: each look-up of a name takes a thread, and a handshake a millisecond of CPU.
constexpr std::size_t kMostConnecting = 8;

/// The proxies come from the environment: they are the same for the whole process.
bool is_same(const PoolOptions& a, const PoolOptions& b) {
  return a.origin == b.origin && a.ca_file == b.ca_file && a.ca_key == b.ca_key && a.idle == b.idle;
}

}  // namespace

ConnectionPool::ConnectionPool(boost::asio::any_io_executor executor,
                               PoolOptions options,
                               std::optional<TlsContext> tls)
    : options_(std::move(options)),
      tls_(std::move(tls)),
      connecting_(std::move(executor), kMostConnecting) {}

Result<std::shared_ptr<ConnectionPool>> ConnectionPool::make(boost::asio::any_io_executor executor,
                                                             PoolOptions options) {
  std::optional<TlsContext> tls;
  if (options.origin.scheme == "https") {
    auto context = TlsContext::client(options.ca_file, options.ca_key);
    if (!context) return std::move(context).error();
    tls = std::move(*context);
  } else if (auto fit = check_transport(options.origin); !fit) {
    return std::move(fit).error();
  }
  return std::shared_ptr<ConnectionPool>(
      new ConnectionPool(std::move(executor), std::move(options), std::move(tls)));
}

std::unique_ptr<ByteStream> ConnectionPool::take_idle() {
  const Time oldest = std::chrono::steady_clock::now() - options_.idle;
  while (!idle_.empty()) {
    Idle idle = std::move(idle_.back());
    idle_.pop_back();
    if (idle.since > oldest && idle.stream->is_quiet()) return std::move(idle.stream);
  }
  return nullptr;
}

Async<std::unique_ptr<ByteStream>> ConnectionPool::connect(HttpLimits limits) {
  const FairGate::Pass turn = co_await connecting_.enter();
  TlsContext* tls = tls_ ? &*tls_ : nullptr;
  const Proxy* proxy = options_.proxies.way_to(options_.origin);
  co_return co_await authzd::connect(options_.origin, limits, tls, proxy);
}

void ConnectionPool::keep(std::unique_ptr<ByteStream> stream) {
  idle_.push_back({std::move(stream), std::chrono::steady_clock::now()});
}

void ConnectionPool::close_idle(Time now) {
  std::erase_if(idle_, [&](const Idle& idle) { return now - idle.since >= options_.idle; });
}

Result<std::shared_ptr<ConnectionPool>> ConnectionPools::pool_of(
    const boost::asio::any_io_executor& executor, const PoolOptions& options) {
  std::erase_if(members_, [](const Member& member) { return member.pool.expired(); });
  std::string roots;
  if (options.origin.scheme == "https") roots = fingerprint_of_roots(options.ca_file);
  for (const Member& member : members_) {
    if (is_same(member.options, options) && member.roots == roots) {
      if (auto pool = member.pool.lock()) return pool;
    }
  }
  auto made = ConnectionPool::make(executor, options);
  if (!made) return std::move(made).error();
  members_.push_back({options, std::move(roots), *made});
  return std::move(*made);
}

void ConnectionPools::close_idle(ConnectionPool::Time now) {
  for (const Member& member : members_) {
    if (const auto pool = member.pool.lock()) pool->close_idle(now);
  }
}

std::size_t ConnectionPools::size() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(members_, [](const Member& member) { return !member.pool.expired(); }));
}

}  // namespace authzd
