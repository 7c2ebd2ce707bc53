// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Sends notices to the configured targets. Queueing never blocks a cycle. A target that does not
// answer is retried for some time; then the notice is dropped and that is logged. A failure here
// never ends the process, and no URL is shown.
#pragma once

#include "daemon/config/config.hpp"
#include "daemon/log.hpp"
#include "daemon/net/async.hpp"
#include "daemon/net/clock.hpp"
#include "daemon/net/proxy.hpp"
#include "daemon/net/supervisor.hpp"
#include "daemon/notify/notice.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace authzd {

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
