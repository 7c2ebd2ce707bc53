// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Shows on the forge how the accounts stand with a commit. As with notices, nothing here delays or
// ends a cycle: what the forge does not take is retried for some time, and then dropped and logged.
#pragma once

#include "daemon/config/notify_config.hpp"
#include "daemon/net/supervisor.hpp"
#include "daemon/notify/commit_status.hpp"
#include "daemon/notify/outbox.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace authzd {

class CommitStatusSender {
 public:
  explicit CommitStatusSender(NotifierSeams seams);
  CommitStatusSender(const CommitStatusSender&) = delete;  // the outbox refers into it
  CommitStatusSender& operator=(const CommitStatusSender&) = delete;

  /// Replaces the forge: one that is configured otherwise gets the next verdict in any case.
  void follow(CommitStatusConfig config,
              std::set<AccountId> accounts,
              const ProxySettings& proxies);

  /// Queues the verdict that this cycle changed; returns at once.
  void note(const CycleSummary& cycle);

  /// What an earlier process sent.
  void recall(std::string_view text, Timestamp at);

  /// What is to be stored for the next process; none if nothing was sent, or not all was delivered:
  /// then it is sent again.
  struct Told {
    std::string text;
    Timestamp at = {};
  };
  [[nodiscard]] std::optional<Told> told() const;

  /// Continues for at most this time until everything is sent, then ends.
  boost::asio::awaitable<void> finish(std::chrono::milliseconds patience);

 private:
  Async<void> all_sent();

  NotifierSeams seams_;
  CommitStatusConfig config_;
  CommitStatusBook book_;
  std::size_t losses_ = 0;
  std::size_t repeated_ = 0;        // of these: the verdict is sent again with the next cycle
  std::shared_ptr<Outbox> outbox_;  // null: no forge is configured
  Supervisor senders_;
};

}  // namespace authzd
