// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Sends what is new, and keeps in the state what was sent: a timer's next call, and a daemon that
// was restarted, do not send the same again, and can report a recovery. It is kept once it has
// been delivered, and not where a notice was given up: then, and after a crash, one may come twice.
#pragma once

#include "daemon/cli/commands.hpp"
#include "daemon/cli/setup.hpp"
#include "daemon/notify/commit_status_sender.hpp"
#include "daemon/notify/notifier.hpp"
#include "daemon/service/daemon.hpp"
#include "daemon/state/database.hpp"

#include <chrono>
#include <memory>
#include <set>

namespace authzd {

/// How long the end of the process waits for notices that are on their way.
inline constexpr std::chrono::seconds kLastNotices(5);
inline constexpr std::chrono::seconds kLastStatus(3);  // the same for the status of a commit

class NoticeSender {
 public:
  /// Without a state (a dry run), nothing is sent.
  NoticeSender(const CommandContext& context, std::shared_ptr<Database> state);

  /// Whom the configuration names, from now on.
  void follow(const Setup& setup);

  /// The end of a cycle: for notices, and for the status of its commit.
  void tell_of_cycle(const CycleSummary& cycle);

  /// Tells of each cycle of the daemon, and of what a person has it write. It must outlive it.
  void listen_to(Daemon& daemon);

  /// Waits a little for what is on its way.
  boost::asio::awaitable<void> finish();

 private:
  void tell(const CycleSummary& cycle);
  void recall(const AccountId& account);
  void keep(const AccountId& account);

  Clock& clock_;
  Log log_;
  std::shared_ptr<Database> state_;
  Notifier notifier_;
  CommitStatusSender statuses_;
  std::set<AccountId> recalled_;  // whose notices of before are known
};

}  // namespace authzd
