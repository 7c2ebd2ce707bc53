// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/notify/outbox.hpp"

#include "daemon/net/http_client.hpp"
#include "daemon/net/supervisor.hpp"
#include "reconciler/retry/retry.hpp"

#include <exception>
#include <utility>

namespace authzd {
namespace {

constexpr std::size_t kQueueLength = 100;
constexpr RetryPolicy kRetry{.max_attempts = 8,
                             .base = std::chrono::seconds(1),
                             .cap = std::chrono::minutes(2),
                             .budget = std::chrono::minutes(10)};
constexpr HttpLimits kLimits{.connect = std::chrono::seconds(5),
                             .handshake = std::chrono::seconds(10),
                             .read = std::chrono::seconds(15),
                             .total = std::chrono::seconds(30),
                             .max_body = 1U << 20U};

/// The server's answer, if it did not accept the message.
Result<void> judge(const HttpResponse& response, const OutboxMessage& message, Timestamp now) {
  if (response.status / 100 == 2) return {};
  if (message.is_accepted != nullptr && message.is_accepted(response)) return {};
  Error error{ErrorCode::rejected, "the target does not take it"};
  error.detail.http_status = response.status;
  if (response.status == 408 || response.status >= 500) error.code = ErrorCode::unavailable;
  if (response.status == 429) error.code = ErrorCode::rate_limited;
  error.detail.retry_after = parse_retry_after(find_header(response.headers, "Retry-After"), now);
  return error;
}

}  // namespace

Outbox::Outbox(const NotifierSeams& seams,
               std::size_t& losses,
               std::string noun,
               std::string place,
               ProxySettings proxies)
    : seams_(seams),
      losses_(losses),
      noun_(std::move(noun)),
      place_(std::move(place)),
      proxies_(std::move(proxies)),
      changed_(seams.executor, boost::asio::steady_timer::time_point::max()) {}

void Outbox::queue(OutboxMessage message) {
  if (queue_.size() == kQueueLength) {
    lose(" was dropped: too many wait", queue_.front().message, {});
    queue_.pop_front();
  }
  queue_.push_back({std::move(message), ++last_number_});
  changed_.cancel();
}

void Outbox::take_over(Outbox& old) {
  queue_ = std::move(old.queue_);
  last_number_ = old.last_number_;
  old.queue_.clear();
}

boost::asio::awaitable<void> Outbox::change() {
  co_await changed_.async_wait(kTuple);
}

boost::asio::awaitable<void> Outbox::run(std::shared_ptr<Outbox> self) {
  while (true) {
    while (self->is_idle()) co_await self->change();
    // It stays in the queue until it is handled, so that a new sender can continue.
    const Waiting next = self->queue_.front();
    const Result<void> sent = co_await self->deliver_contained(next);
    if (!sent) self->lose(" was not delivered", next.message, to_string(sent.error()));
    self->leave(next);
  }
}

void Outbox::leave(const Waiting& done) {
  if (!queue_.empty() && queue_.front().number == done.number) queue_.pop_front();
  if (queue_.empty()) changed_.cancel();
}

/// An exception for one message does not affect the others.
Async<void> Outbox::deliver_contained(const Waiting& next) {  // coroutine-ref: the awaiter's
  std::exception_ptr thrown;
  try {
    co_return co_await deliver(next);
  } catch (...) {
    thrown = std::current_exception();
  }
  if (is_cancellation(thrown)) std::rethrow_exception(thrown);
  co_return fault_of(thrown);
}

Async<void> Outbox::deliver(const Waiting& next) {  // coroutine-ref: the awaiter's
  const auto begun = seams_.clock.ticks();
  for (Attempt attempt;; ++attempt.number) {
    auto sent = co_await send(next);
    if (sent) co_return sent;
    const auto passed = seams_.clock.ticks() - begun;
    attempt.elapsed = std::chrono::round<std::chrono::milliseconds>(passed);
    attempt.random01 = seams_.randomness.next01();
    const auto wait = next_retry(kRetry, sent.error(), Idempotency::safe, attempt);
    if (!wait) co_return sent;
    co_await seams_.clock.sleep(*wait);
  }
}

Async<void> Outbox::send(const Waiting& next) {  // coroutine-ref: the awaiter's
  const Timestamp now = seams_.clock.now();
  auto outgoing = next.message.prepare(now);
  if (!outgoing) co_return std::move(outgoing).error();
  HttpClientOptions options{.origin = outgoing->origin,
                            .ca_file = outgoing->ca_file,
                            .ca_key = outgoing->ca_key,
                            .concurrency = 1};
  options.limits = kLimits;
  options.proxies = proxies_;
  const auto client = make_http_client(seams_.executor, std::move(options));
  if (!client) co_return client.error();
  const auto response = co_await (*client)->send(std::move(outgoing->request));
  if (!response) co_return response.error();
  co_return judge(*response, next.message, now);
}

void Outbox::lose(const std::string& how, const OutboxMessage& message, const std::string& error) {
  ++losses_;
  seams_.log.warning(noun_ + how,
                     {{"notice", message.kind},
                      {"account", message.account},
                      {"target", place_},
                      {"error", error}});
}

}  // namespace authzd
