// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Sends notices to the targets of the configuration. Telling costs a cycle nothing but a place in a
// queue; a target that does not answer is tried again for a while, and then the notice is dropped
// and that is logged. Nothing here ends the process, and no URL is shown.
#pragma once

#include "daemon/config/config.hpp"
#include "daemon/log.hpp"
#include "daemon/net/async.hpp"
#include "daemon/net/clock.hpp"
#include "daemon/net/proxy.hpp"
#include "daemon/net/supervisor.hpp"
#include "daemon/status/notice.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace authzd {

/// What a notifier borrows: all of it must outlive it.
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

  /// Tells these from now on, and no others. What waits for one that stays goes on waiting.
  void set_targets(std::vector<NotifyTarget> targets, const ProxySettings& proxies);

  /// Queues what is news about that cycle for each target; returns at once. A queue holds 100
  /// notices: the oldest makes room, and that is logged.
  void tell(const CycleSummary& cycle);

  /// A notice did not reach a target, and was given up.
  [[nodiscard]] bool has_lost_any() const { return losses_ > 0; }

  /// Nothing is on its way.
  [[nodiscard]] bool is_idle() const;

  /// As NoticeFilter has them.
  void recall(const AccountId& account, ToldNotices told);
  [[nodiscard]] ToldNotices told(const AccountId& account) const { return filter_.told(account); }

  /// Goes on for at most so long until all is sent, and ends; what is left then is logged. Call it
  /// before this goes. False: something was left.
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
