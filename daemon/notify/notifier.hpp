// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Sends notices to the configured targets. Queueing never blocks a cycle. A target that does not
// answer is retried for some time; then the notice is dropped and that is logged. A failure here
// never ends the process, and no URL is shown.
#pragma once

#include "daemon/config/notify_config.hpp"
#include "daemon/net/supervisor.hpp"
#include "daemon/notify/notice_filter.hpp"
#include "daemon/notify/notice_groups.hpp"
#include "daemon/notify/outbox.hpp"

#include <chrono>
#include <memory>
#include <vector>

namespace authzd {

class Notifier {
 public:
  explicit Notifier(NotifierSeams seams);
  Notifier(const Notifier&) = delete;  // the targets refer into it
  Notifier& operator=(const Notifier&) = delete;
  ~Notifier();

  /// Replaces the targets. Queued notices of a target that stays are kept. `accounts`: how many
  /// report here; a notice for people waits a little for those of other accounts.
  void set_targets(std::vector<NotifyTarget> targets,
                   const ProxySettings& proxies,
                   std::size_t accounts = 1);

  /// Queues the news of that cycle for each target; returns at once.
  void tell(const CycleSummary& cycle);

  /// A notice was dropped without reaching its target.
  [[nodiscard]] bool has_lost_any() const { return losses_ > 0; }

  /// Nothing is being sent, or waits for that.
  [[nodiscard]] bool is_idle() const;

  /// In the form of NoticeFilter.
  void recall(const AccountId& account, ToldNotices told);
  [[nodiscard]] ToldNotices told(const AccountId& account) const { return filter_.told(account); }

  /// Continues for at most this time until everything is sent, then ends; logs the rest. Call it
  /// before the destructor. False: something was left.
  boost::asio::awaitable<bool> finish(std::chrono::milliseconds patience);

 private:
  struct Target {
    NotifyTarget config;
    std::shared_ptr<Outbox> outbox;
  };

  void queue(const Notice& notice, bool for_people);
  void queue_all(const std::vector<Notice>& grouped);
  boost::asio::awaitable<void> send_groups();
  Async<void> all_sent();

  NotifierSeams seams_;
  std::size_t losses_ = 0;
  NoticeFilter filter_;
  NoticeGroups groups_;
  bool is_sending_groups_ = false;  // one task at a time waits for them
  std::vector<Target> targets_;
  Supervisor senders_;
};

}  // namespace authzd
