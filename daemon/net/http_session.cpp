// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/http_session.hpp"

#include "daemon/net/deadline.hpp"
#include "daemon/net/http_codec.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <optional>
#include <utility>

namespace authzd {

namespace {

HttpReply plain_reply(int status, std::string text) {
  HttpReply reply;
  reply.response.status = status;
  reply.response.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
  reply.response.body = std::move(text) + "\n";
  return reply;
}

class HttpSession {
 public:
  HttpSession(std::unique_ptr<ByteStream> stream,
              const HttpServerOptions& options,
              const HttpHandler& handler,
              ConnectionLimit::Member& place)
      : stream_(std::move(stream)), options_(options), handler_(handler), place_(place) {}

  boost::asio::awaitable<void> run() {
    bool more = true;
    while (more && !place_.is_wanted()) more = co_await serve_one();
  }

 private:
  /// Returns whether the connection may carry another request.
  boost::asio::awaitable<bool> serve_one() {
    RequestParser parser({options_.max_header_bytes, options_.max_body_bytes});
    place_.waits_for_client();
    auto reading = read_request(parser);
    const auto read =
        co_await with_deadline(std::move(reading), options_.read, "reading a request");
    if (!read) {
      if (read.error().code != ErrorCode::rejected) co_return false;
      const auto refusal = plain_reply(read.error().detail.http_status, read.error().message);
      const ReplyForm last;
      co_await send(refusal, last);
      co_await linger();
      co_return false;
    }
    auto request = parser.take();
    ReplyForm form;
    form.to_head = request.method == "HEAD";
    form.keep_alive = parser.keeps_alive();
    form.http_1_0 = parser.is_http_1_0();
    place_.works();
    const auto reply = co_await answer(std::move(request));
    form.keep_alive = form.keep_alive && !reply.is_last;
    place_.waits_for_client();
    co_return co_await send(reply, form);
  }

  /// Reads until the parser, which belongs to the caller, has a whole request.
  Async<bool> read_request(RequestParser& parser) {
    std::array<char, 16U << 10U> part;
    while (true) {
      auto complete = parser.feed(input_);
      if (!complete) co_return complete;
      if (*complete) co_return true;
      if (parser.wants_continue()) {
        const auto told = co_await stream_->write("HTTP/1.1 100 Continue\r\n\r\n");
        if (!told) co_return told.error();
      }
      const auto size = co_await stream_->read_some(part);
      if (!size) co_return size.error();
      if (*size == 0) co_return Error{ErrorCode::unavailable, "the client has closed"};
      input_.append(part.data(), *size);
    }
  }

  boost::asio::awaitable<HttpReply> answer(HttpRequest request) {
    const auto what = request.method + " " + request.target;
    std::string problem;
    try {
      co_return co_await handler_(std::move(request));
    } catch (const std::exception& error) {
      if (is_cancellation(std::current_exception())) throw;
      problem = error.what();
    }
    options_.log.error("handler failed", {{"request", what}, {"error", problem}});
    co_return plain_reply(500, "internal error");
  }

  /// Returns whether the connection may carry another request. `reply` belongs to the caller.
  boost::asio::awaitable<bool> send(const HttpReply& reply, ReplyForm form) {
    if (reply.cut == HttpReply::Cut::before_reply) {
      stream_->reset();
      co_return false;
    }
    if (reply.source) co_return co_await send_and_close(reply, form);
    auto bytes = encode(reply.response, form);
    const bool cut = reply.cut == HttpReply::Cut::in_body;
    if (cut) bytes.resize(bytes.size() - (reply.response.body.size() + 1) / 2);
    const bool is_last = !cut && !form.keep_alive;
    const auto sent = co_await send(std::move(bytes), is_last);
    if (cut) stream_->reset();
    co_return sent && !cut && form.keep_alive;
  }

  /// The source is closed, however its sending ends. `reply` belongs to the caller.
  boost::asio::awaitable<bool> send_and_close(const HttpReply& reply, ReplyForm form) {
    form.in_pieces = true;
    form.keep_alive = form.keep_alive && !form.http_1_0;
    std::exception_ptr thrown;
    bool is_whole = false;
    try {
      is_whole = co_await send_pieces(reply, form);
    } catch (...) {
      thrown = std::current_exception();
    }
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    co_await reply.source->close();
    co_await boost::asio::this_coro::throw_if_cancelled(true);
    if (thrown) std::rethrow_exception(thrown);
    if (!is_whole) stream_->reset();
    const bool carries_more = is_whole && form.keep_alive;
    co_return carries_more;
  }

  /// `reply` belongs to the caller.
  boost::asio::awaitable<bool> send_pieces(const HttpReply& reply, ReplyForm form) {
    const auto begun = co_await send(encode(reply.response, form), false);
    if (!begun) co_return false;
    while (true) {
      place_.works();
      auto piece = co_await reply.source->next();
      if (!piece) co_return false;
      const bool is_end = piece->empty();
      place_.waits_for_client();
      std::string bytes = form.http_1_0 ? std::move(*piece) : encode_chunk(*piece);
      const auto sent = co_await send(std::move(bytes), is_end && !form.keep_alive);
      if (!sent || is_end) co_return sent.has_value();
    }
  }

  Async<bool> send(std::string bytes, bool is_last) {
    auto writing = write(std::move(bytes), is_last);
    co_return co_await with_deadline(std::move(writing), options_.send, "sending a reply");
  }

  /// A reply that cannot be encoded becomes a 500 that can.
  std::string encode(const HttpResponse& response, ReplyForm form) const {
    auto bytes = encode_reply(response, form);
    if (bytes) return std::move(*bytes);
    options_.log.error("reply cannot be sent", {{"error", to_string(bytes.error())}});
    return *encode_reply(plain_reply(500, "internal error").response, form);
  }

  Async<bool> write(std::string bytes, bool is_last) {
    const auto written = co_await stream_->write(bytes);
    if (!written) co_return written.error();
    if (is_last) co_await stream_->finish();
    co_return true;
  }

  /// A connection closed with unread bytes is reset, and the reset overtakes the reply: so the
  /// remaining input is read first, for a short time.
  boost::asio::awaitable<void> linger() {
    auto draining = drain();
    const auto end = co_await with_deadline(std::move(draining), options_.linger, "closing");
    if (!end) stream_->reset();
  }

  Async<bool> drain() {
    std::array<char, 4U << 10U> part;
    for (std::size_t left = options_.max_body_bytes; left > 0;) {
      const auto size = co_await stream_->read_some(part);
      if (!size) co_return size.error();
      if (*size == 0) break;
      left -= std::min(left, *size);
    }
    co_return true;
  }

  std::unique_ptr<ByteStream> stream_;
  const HttpServerOptions& options_;
  const HttpHandler& handler_;
  ConnectionLimit::Member& place_;
  std::string input_;  // received, and not yet read as a request
};

}  // namespace

boost::asio::awaitable<void> run_http_session(std::unique_ptr<ByteStream> stream,
                                              const HttpServerOptions& options,
                                              const HttpHandler& handler,
                                              ConnectionLimit::Member& place) {
  HttpSession session(std::move(stream), options, handler, place);
  co_await session.run();
}

}  // namespace authzd
