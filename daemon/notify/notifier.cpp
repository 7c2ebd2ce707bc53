// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/notify/notifier.hpp"

#include "daemon/net/deadline.hpp"
#include "daemon/net/http_client.hpp"
#include "daemon/net/small_file.hpp"
#include "reconciler/base/digest.hpp"
#include "reconciler/retry/retry.hpp"

#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <deque>
#include <exception>
#include <utility>

namespace authzd {
namespace {

Error no_url() {
  return Error{ErrorCode::invalid_config,
               "the URL is none: it is https://host[:port]/path, or http:// to loopback"};
}

/// Not the secret itself: a webhook may have the same one, and GitHub signs bodies with it.
Secret notice_key(const Secret& secret) {
  return Secret(hmac_sha256_hex(secret.reveal(), "authzd-notice-v1"));
}

}  // namespace

Result<WebhookUrl> parse_webhook_url(std::string_view text) {
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos) return no_url();
  const auto end = std::min(text.find_first_of("/?#", scheme + 3), text.size());
  const auto base = parse_base_url(text.substr(0, end));
  std::string target(text.substr(end));
  const bool is_odd = std::any_of(target.begin(), target.end(), [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) > '~' || c == '#';
  });
  if (!base || is_odd) return no_url();
  if (!target.starts_with('/')) target.insert(0, "/");
  return WebhookUrl{base->origin, Secret(std::move(target))};
}

HttpRequest notify_request(const WebhookUrl& url,
                           NotifyFormat format,
                           const Notice& notice,
                           const std::string& id,
                           const Secret& secret,
                           Timestamp now) {
  const bool is_event = format == NotifyFormat::cloudevents;
  HttpRequest request{"POST", std::string(url.target.reveal())};
  request.body = is_event ? cloud_event(notice, id) : slack_message(notice);
  const std::string type = is_event ? "application/cloudevents+json" : "application/json";
  request.headers = {{"Content-Type", type + "; charset=utf-8"}};
  if (secret.empty()) return request;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
  const std::string timestamp = std::to_string(seconds.count());
  const Secret key = notice_key(secret);
  const std::string mac = hmac_sha256_hex(key.reveal(), timestamp + "." + request.body);
  request.headers.push_back({"X-Authzd-Timestamp", timestamp});
  request.headers.push_back({"X-Authzd-Signature", "sha256=" + mac});
  return request;
}

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

/// The target's answer, if it did not accept the notice.
Result<void> judge(const HttpResponse& response, Timestamp now) {
  if (response.status / 100 == 2) return {};
  Error error{ErrorCode::rejected, "the target does not take it"};
  error.detail.http_status = response.status;
  if (response.status == 408 || response.status >= 500) error.code = ErrorCode::unavailable;
  if (response.status == 429) error.code = ErrorCode::rate_limited;
  error.detail.retry_after = parse_retry_after(find_header(response.headers, "Retry-After"), now);
  return error;
}

}  // namespace

/// One target with its queue. A sender that is being stopped keeps it alive until it has ended.
class Notifier::Target {
 public:
  /// `seams` and `losses` must outlive it.
  Target(const NotifierSeams& seams,
         std::size_t& losses,
         NotifyTarget target,
         ProxySettings proxies)
      : seams_(seams),
        losses_(losses),
        target_(std::move(target)),
        proxies_(std::move(proxies)),
        changed_(seams.executor, boost::asio::steady_timer::time_point::max()) {}

  [[nodiscard]] const NotifyTarget& target() const { return target_; }
  [[nodiscard]] bool is_idle() const { return queue_.empty(); }
  [[nodiscard]] std::size_t waiting() const { return queue_.size(); }

  void queue(const Notice& notice) {
    if (queue_.size() == kQueueLength) {
      lose("a notice was dropped: too many wait", queue_.front().notice, {});
      queue_.pop_front();
    }
    queue_.push_back({notice, seams_.randomness.hex(32)});
    changed_.cancel();
  }

  void take_over(Target& old) {
    queue_ = std::move(old.queue_);
    old.queue_.clear();
  }

  /// Waits until the queue was filled, or became empty.
  boost::asio::awaitable<void> change() { co_await changed_.async_wait(kTuple); }

  static boost::asio::awaitable<void> run(std::shared_ptr<Target> self) {
    while (true) {
      while (self->is_idle()) co_await self->change();
      // It stays in the queue until it is handled, so that a new sender can continue.
      const Waiting next = self->queue_.front();
      const Result<void> sent = co_await self->deliver_contained(next);
      if (!sent) self->lose("a notice was not delivered", next.notice, to_string(sent.error()));
      self->leave(next);
    }
  }

 private:
  struct Waiting {
    Notice notice;
    std::string id;  // of the event, for every attempt
  };

  void leave(const Waiting& done) {
    if (!queue_.empty() && queue_.front().id == done.id) queue_.pop_front();
    if (queue_.empty()) changed_.cancel();
  }

  /// An exception for one notice does not affect the others.
  Async<void> deliver_contained(const Waiting& next) {  // coroutine-ref: the awaiter's
    std::exception_ptr thrown;
    try {
      co_return co_await deliver(next);
    } catch (...) {
      thrown = std::current_exception();
    }
    if (is_cancellation(thrown)) std::rethrow_exception(thrown);
    co_return fault_of(thrown);
  }

  /// `next` belongs to the caller.
  Async<void> deliver(const Waiting& next) {
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

  /// `next` belongs to the caller.
  Async<void> send(const Waiting& next) {
    const auto text = read_secret_file(target_.url_file, "the URL of notify.urlFile");
    if (!text) co_return text.error();
    const auto url = parse_webhook_url(text->reveal());
    if (!url) co_return Error(url.error()).context(target_.url_file);
    Secret key;
    if (!target_.secret_file.empty()) {
      auto read = read_secret_file(target_.secret_file, "the secret of notify.secretFile");
      if (!read) co_return read.error();
      key = std::move(*read);
    }
    HttpClientOptions options{.origin = url->origin,
                              .ca_file = target_.ca_file,
                              .ca_key = "notify.caFile",
                              .concurrency = 1};
    options.limits = kLimits;
    options.proxies = proxies_;
    const auto client = make_http_client(seams_.executor, std::move(options));
    if (!client) co_return client.error();
    const Timestamp now = seams_.clock.now();
    HttpRequest request = notify_request(*url, target_.format, next.notice, next.id, key, now);
    const auto response = co_await (*client)->send(std::move(request));
    if (!response) co_return response.error();
    co_return judge(*response, now);
  }

  void lose(std::string_view message, const Notice& notice, const std::string& error) {
    ++losses_;
    seams_.log.warning(message,
                       {{"notice", std::string(to_string(notice.kind))},
                        {"account", notice.cycle.account_name},
                        {"target", target_.url_file},
                        {"error", error}});
  }

  const NotifierSeams& seams_;
  std::size_t& losses_;
  NotifyTarget target_;
  ProxySettings proxies_;
  std::deque<Waiting> queue_;
  boost::asio::steady_timer changed_;  // never fires; cancelling it wakes those who wait for a
                                       // change
};

Notifier::Notifier(NotifierSeams seams)
    : seams_(std::move(seams)), senders_(seams_.executor, seams_.log) {}

Notifier::~Notifier() = default;

void Notifier::set_targets(std::vector<NotifyTarget> targets, const ProxySettings& proxies) {
  senders_.stop();
  Targets fresh;
  for (NotifyTarget& target : targets) {
    const auto old = std::ranges::find(targets_, target, &Target::target);
    fresh.push_back(std::make_shared<Target>(seams_, losses_, std::move(target), proxies));
    if (old != targets_.end()) fresh.back()->take_over(**old);
  }
  targets_ = std::move(fresh);
  for (const auto& target : targets_) senders_.start("notify", Target::run(target));
}

void Notifier::tell(const CycleSummary& cycle) {
  if (targets_.empty()) return;
  for (const Notice& notice : filter_.news(cycle)) {
    for (const auto& target : targets_) target->queue(notice);
  }
}

bool Notifier::is_idle() const {
  return std::ranges::all_of(targets_, [](const auto& target) { return target->is_idle(); });
}

void Notifier::recall(const AccountId& account, ToldNotices told) {
  filter_.recall(account, std::move(told));
}

Async<void> Notifier::all_sent() {
  for (const auto& target : targets_) {
    while (!target->is_idle()) co_await target->change();
  }
  co_return Result<void>{};
}

boost::asio::awaitable<bool> Notifier::finish(std::chrono::milliseconds patience) {
  auto sending = all_sent();
  const auto sent = co_await with_deadline(std::move(sending), patience, "sending notices");
  if (!sent) {
    std::size_t left = 0;
    for (const auto& target : targets_) left += target->waiting();
    seams_.log.warning("notices were not delivered before the end",
                       {{"notices", std::to_string(left)}});
  }
  senders_.stop();
  co_await senders_.drained();
  co_return sent.has_value();
}

}  // namespace authzd
