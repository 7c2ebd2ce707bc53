// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/http_client.hpp"

#include "daemon/net/connect.hpp"
#include "daemon/net/deadline.hpp"
#include "daemon/net/fair_gate.hpp"
#include "daemon/net/http_codec.hpp"
#include "daemon/net/version.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace authzd {

namespace {

/// How far an attempt got; kept outside of it, so that it is known however the attempt ends.
struct Progress {
  bool sent = false;      // the request has begun to go out
  bool answered = false;  // a byte of the reply has come back
  bool reused = false;    // on a connection that had served before
};

class PooledHttpClient final : public HttpClient {
 public:
  PooledHttpClient(boost::asio::any_io_executor executor,
                   HttpClientOptions options,
                   std::optional<TlsContext> tls)
      : options_(std::move(options)),
        tls_(std::move(tls)),
        gate_(std::move(executor), std::max<std::size_t>(1, options_.concurrency)) {}

  Async<HttpResponse> send(HttpRequest request) override {
    Progress progress;
    auto whole = send_in_turn(std::move(request), progress);
    auto reply = co_await with_deadline(
        std::move(whole), options_.limits.total, "the exchange with " + to_string(options_.origin));
    if (!reply) reply.error().detail.may_have_happened = progress.sent;
    co_return reply;
  }

 private:
  Async<HttpResponse> send_in_turn(HttpRequest request, Progress& progress) {
    const bool is_idempotent = request.method == "GET" || request.method == "HEAD";
    const bool to_head = request.method == "HEAD";
    complete(request.headers);
    const auto bytes = encode_request(request);
    if (!bytes) co_return bytes.error();

    const auto pass = co_await gate_.enter();
    auto reply = co_await attempt(*bytes, to_head, progress);
    // The server may close an idle connection in the very moment in which it is used again. Then
    // nothing came back, and it is harmless to repeat what only reads.
    const bool was_stale = !reply && reply.error().code == ErrorCode::unavailable &&
                           progress.reused && !progress.answered;
    if (!was_stale || !is_idempotent) co_return reply;
    idle_.clear();
    co_return co_await attempt(*bytes, to_head, progress);
  }

  Async<HttpResponse> attempt(const std::string& bytes, bool to_head, Progress& progress) {
    auto stream = take_idle();
    progress.reused = stream != nullptr;
    if (!stream) {
      TlsContext* tls = tls_ ? &*tls_ : nullptr;
      auto fresh = co_await connect(options_.origin, options_.limits, tls);
      if (!fresh) co_return std::move(fresh).error();
      stream = std::move(*fresh);
    }
    progress.sent = true;
    auto writing = stream->write(bytes);
    const auto sent = co_await with_deadline(
        std::move(writing), options_.limits.read, "sending to " + to_string(options_.origin));
    if (!sent) co_return sent.error();
    co_return co_await read_reply(std::move(stream), to_head, progress);
  }

  Async<HttpResponse> read_reply(std::unique_ptr<ByteStream> stream,
                                 bool to_head,
                                 Progress& progress) {
    ReplyParser parser(to_head, {options_.limits.max_header, options_.limits.max_body});
    std::string input;
    std::array<char, 16U << 10U> part;
    while (true) {
      auto reading = stream->read_some(part);
      const auto size = co_await with_deadline(
          std::move(reading), options_.limits.read, "waiting for " + to_string(options_.origin));
      if (!size) co_return size.error();
      progress.answered = progress.answered || *size > 0;
      input.append(part.data(), *size);
      auto complete = *size > 0 ? parser.feed(input) : parser.end();
      if (!complete) co_return std::move(complete).error().context(to_string(options_.origin));
      if (!*complete) continue;
      const bool reusable = *size > 0 && input.empty() && parser.keeps_alive();
      if (reusable) idle_.push_back(std::move(stream));
      co_return parser.take();
    }
  }

  /// The one used last, as it is the least likely to have been closed by the server.
  std::unique_ptr<ByteStream> take_idle() {
    while (!idle_.empty()) {
      auto stream = std::move(idle_.back());
      idle_.pop_back();
      if (stream->is_quiet()) return stream;
    }
    return nullptr;
  }

  void complete(HttpHeaders& headers) const {
    if (find_header(headers, "Host").empty()) {
      const auto origin = to_string(options_.origin);
      headers.insert(headers.begin(), {"Host", origin.substr(origin.find("://") + 3)});
    }
    if (find_header(headers, "User-Agent").empty()) headers.push_back({"User-Agent", kUserAgent});
  }

  HttpClientOptions options_;
  std::optional<TlsContext> tls_;
  FairGate gate_;
  std::vector<std::unique_ptr<ByteStream>> idle_;
};

}  // namespace

Result<std::unique_ptr<HttpClient>> make_http_client(boost::asio::any_io_executor executor,
                                                     HttpClientOptions options) {
  std::optional<TlsContext> tls;
  if (options.origin.scheme == "https") {
    auto context = TlsContext::client(options.ca_file);
    if (!context) return std::move(context).error();
    tls = std::move(*context);
  } else if (options.origin.scheme != "http" || !may_be_plain(options.origin.host)) {
    return Error{ErrorCode::invalid_config,
                 to_string(options.origin) +
                     ": plain HTTP is spoken only to loopback and to the metadata service "
                     "169.254.169.254; use https://"};
  }
  return std::make_unique<PooledHttpClient>(
      std::move(executor), std::move(options), std::move(tls));
}

}  // namespace authzd
