// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Sends notices to the configured targets, each notice as an HTTP request with its target, format
// and signature. Queueing never blocks a cycle. A target that does not answer is retried for some
// time; then the notice is dropped and that is logged. A failure here never ends the process, and
// no URL is shown.
#pragma once

#include "daemon/config/config.hpp"
#include "daemon/log.hpp"
#include "daemon/net/async.hpp"
#include "daemon/net/clock.hpp"
#include "daemon/net/http.hpp"
#include "daemon/net/proxy.hpp"
#include "daemon/net/supervisor.hpp"
#include "daemon/notify/notice.hpp"
#include "reconciler/base/secret.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace authzd {

/// The address of a webhook. The path and query of its URL are a secret: anyone who knows them may
/// post.
struct WebhookUrl {
  Origin origin;
  Secret target;
};

/// Errors: invalid_config; the message contains nothing of the text.
Result<WebhookUrl> parse_webhook_url(std::string_view text);

/// One notice as an HTTP request. With a `secret`, X-Authzd-Timestamp (seconds) and
/// X-Authzd-Signature: "sha256=" and the HMAC-SHA256 of "<timestamp>.<body>" under the notice key:
/// the HMAC-SHA256 of "authzd-notice-v1" under the secret, in hex. A notice proves nothing at a
/// webhook with the same secret.
HttpRequest notify_request(const WebhookUrl& url,
                           NotifyFormat format,
                           const Notice& notice,
                           const std::string& id,
                           const Secret& secret,
                           Timestamp now);

/// The references of a notifier: all must outlive it.
struct NotifierSeams {
  boost::asio::any_io_executor executor;
  Clock& clock;
  Randomness& randomness;
  Log log;
};

class Notifier {
 public:
  explicit Notifier(NotifierSeams seams);
  Notifier(const Notifier&) = delete;  // the targets refer into it
  Notifier& operator=(const Notifier&) = delete;
  ~Notifier();

  /// Replaces the targets. Queued notices of a target that stays are kept.
  void set_targets(std::vector<NotifyTarget> targets, const ProxySettings& proxies);

  /// Queues the news of that cycle for each target; returns at once. A queue holds 100 notices:
  /// when full, the oldest is dropped, and that is logged.
  void tell(const CycleSummary& cycle);

  /// A notice was dropped without reaching its target.
  [[nodiscard]] bool has_lost_any() const { return losses_ > 0; }

  /// Nothing is being sent.
  [[nodiscard]] bool is_idle() const;

  /// In the form of NoticeFilter.
  void recall(const AccountId& account, ToldNotices told);
  [[nodiscard]] ToldNotices told(const AccountId& account) const { return filter_.told(account); }

  /// Continues for at most this time until everything is sent, then ends; logs the rest. Call it
  /// before the destructor. False: something was left.
  boost::asio::awaitable<bool> finish(std::chrono::milliseconds patience);

 private:
  class Target;
  using Targets = std::vector<std::shared_ptr<Target>>;

  Async<void> all_sent();

  NotifierSeams seams_;
  std::size_t losses_ = 0;
  NoticeFilter filter_;
  Targets targets_;
  Supervisor senders_;
};

}  // namespace authzd
