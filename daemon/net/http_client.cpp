// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/http_client.hpp"

#include "daemon/net/connect.hpp"
#include "daemon/net/deadline.hpp"
#include "daemon/net/fair_gate.hpp"
#include "daemon/net/http_codec.hpp"
#include "daemon/net/small_file.hpp"
#include "daemon/net/version.hpp"
#include "reconciler/base/digest.hpp"

#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
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

namespace {

/// One request in progress; stored outside of its attempts, so that it is known however they end.
struct Exchange {
  std::string bytes;
  std::chrono::milliseconds read{};  // limits
  std::chrono::milliseconds total{};
  bool only_reads = false;  // GET or HEAD
  bool to_head = false;
  bool reused = false;    // the attempt is on a reused connection
  bool sent = false;      // sending the request has begun
  bool answered = false;  // a byte of the reply has arrived
  bool keeps = false;     // the connection may carry another request
};

class PooledHttpClient final : public HttpClient {
 public:
  PooledHttpClient(boost::asio::any_io_executor executor,
                   HttpClientOptions options,
                   std::shared_ptr<ConnectionPool> pool)
      : options_(std::move(options)),
        pool_(std::move(pool)),
        peer_(to_string(options_.origin)),
        gate_(std::move(executor), std::max<std::size_t>(1, options_.concurrency)) {}

  Async<HttpResponse> send(HttpRequest request) override {
    complete(request.headers);
    auto bytes = encode_request(request);
    if (!bytes) co_return std::move(bytes).error();
    Exchange exchange;
    exchange.bytes = std::move(*bytes);
    exchange.to_head = request.method == "HEAD";
    exchange.only_reads = exchange.to_head || request.method == "GET";
    set_limits(request, exchange);

    const auto pass = co_await gate_.enter();
    auto whole = perform(exchange);
    auto reply =
        co_await with_deadline(std::move(whole), exchange.total, "the exchange with " + peer_);
    if (!reply) reply.error().detail.may_have_happened = exchange.sent;
    co_return reply;
  }

 private:
  void set_limits(const HttpRequest& request, Exchange& exchange) const {
    const HttpLimits& limits = options_.limits;
    const auto longest = request.longest.value_or(limits.total);
    exchange.total = request.may_be_silent ? longest : std::min(longest, limits.total);
    exchange.read = request.may_be_silent ? longest : limits.read;
  }

  /// `exchange` belongs to the caller.
  Async<HttpResponse> perform(Exchange& exchange) {
    auto reply = co_await attempt(exchange);
    // The server may close an idle connection at the very moment in which it is used again. Then
    // nothing was received, and it is safe to repeat a request that only reads.
    const bool was_stale = !reply && reply.error().code == ErrorCode::unavailable &&
                           exchange.reused && !exchange.answered;
    if (!was_stale || !exchange.only_reads) co_return reply;
    pool_->forget_idle();
    co_return co_await attempt(exchange);
  }

  /// `exchange` belongs to the caller.
  Async<HttpResponse> attempt(Exchange& exchange) {
    auto stream = pool_->take_idle();
    exchange.reused = stream != nullptr;
    if (!stream) {
      auto fresh = co_await pool_->connect(options_.limits);
      if (!fresh) co_return std::move(fresh).error();
      stream = std::move(*fresh);
    }
    exchange.sent = true;
    auto writing = stream->write(exchange.bytes);
    const auto sent =
        co_await with_deadline(std::move(writing), options_.limits.read, "sending to " + peer_);
    if (!sent && sent.error().code != ErrorCode::unavailable) co_return sent.error();
    // A server may refuse a request before reading it, and close: the refusal says more than the
    // failed write.
    auto reply = co_await read_reply(*stream, exchange);
    if (!sent && !reply) co_return sent.error();
    if (sent && reply && exchange.keeps) pool_->keep(std::move(stream));
    co_return reply;
  }

  /// `stream` and `exchange` belong to the caller.
  Async<HttpResponse> read_reply(ByteStream& stream, Exchange& exchange) {
    ReplyParser parser(exchange.to_head ? ReplyTo::head : ReplyTo::other,
                       {options_.limits.max_header, options_.limits.max_body});
    std::string input;
    std::array<char, 16U << 10U> part;
    while (true) {
      auto reading = stream.read_some(part);
      const auto size =
          co_await with_deadline(std::move(reading), exchange.read, "waiting for " + peer_);
      if (!size) co_return size.error();
      exchange.answered = exchange.answered || *size > 0;
      input.append(part.data(), *size);
      auto complete = *size > 0 ? parser.feed(input) : parser.end();
      if (!complete) co_return std::move(complete).error().context(peer_);
      if (!*complete) continue;
      // Only one request was sent: bytes after its reply mean that the two sides disagree on where
      // the reply ends.
      if (!input.empty()) {
        co_return Error{ErrorCode::bad_response, peer_ + ": more follows than the reply"};
      }
      exchange.keeps = parser.keeps_alive();
      co_return parser.take();
    }
  }

  void complete(HttpHeaders& headers) const {
    if (find_header(headers, "Host").empty()) {
      headers.insert(headers.begin(), {"Host", peer_.substr(peer_.find("://") + 3)});
    }
    if (find_header(headers, "User-Agent").empty()) headers.push_back({"User-Agent", kUserAgent});
  }

  HttpClientOptions options_;
  std::shared_ptr<ConnectionPool> pool_;
  std::string peer_;
  FairGate gate_;
};

}  // namespace

Result<std::unique_ptr<HttpClient>> make_http_client(boost::asio::any_io_executor executor,
                                                     HttpClientOptions options) {
  const PoolOptions needed{
      options.origin, options.ca_file, options.ca_key, options.idle, options.proxies};
  auto pool = options.pools ? options.pools->pool_of(executor, needed)
                            : ConnectionPool::make(executor, needed);
  if (!pool) return std::move(pool).error();
  return std::make_unique<PooledHttpClient>(
      std::move(executor), std::move(options), std::move(*pool));
}

namespace {

class LateHttpClient final : public HttpClient {
 public:
  LateHttpClient(boost::asio::any_io_executor executor, HttpClientOptions options)
      : executor_(std::move(executor)), options_(std::move(options)) {}

  Async<HttpResponse> send(HttpRequest request) override {
    if (client_ == nullptr) {
      auto made = make_http_client(executor_, options_);
      if (!made) co_return std::move(made).error();
      client_ = std::move(*made);
    }
    co_return co_await client_->send(std::move(request));
  }

 private:
  boost::asio::any_io_executor executor_;
  HttpClientOptions options_;
  std::unique_ptr<HttpClient> client_;
};

}  // namespace

std::unique_ptr<HttpClient> make_late_http_client(boost::asio::any_io_executor executor,
                                                  HttpClientOptions options) {
  return std::make_unique<LateHttpClient>(std::move(executor), std::move(options));
}

}  // namespace authzd
