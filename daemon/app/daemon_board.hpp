// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The service as the listener's pages see it.
#pragma once

#include "daemon/app/daemon_source.hpp"
#include "daemon/app/reach_book.hpp"
#include "daemon/service/daemon.hpp"
#include "daemon/status/status_board.hpp"

#include <string>
#include <vector>

namespace authzd {

class DaemonBoard final : public StatusBoard {
 public:
  /// Both must outlive this.
  DaemonBoard(Daemon& daemon, const DaemonSource& source) : daemon_(daemon), source_(source) {}

  /// After each cycle.
  void note(const AccountRuntime& account, const CycleEnd& end);

  [[nodiscard]] std::vector<AccountView> accounts() const override;
  [[nodiscard]] std::optional<RefusedReload> refused_reload() const override;
  [[nodiscard]] std::optional<RolloutView> rollout() const override;
  [[nodiscard]] bool is_ready() const override;
  [[nodiscard]] std::optional<PlanDocument> plan(const AccountId& account) const override;
  [[nodiscard]] Result<std::string> runs_json(std::span<const AccountId> accounts,
                                              std::size_t count) const override;
  [[nodiscard]] Result<std::vector<RunView>> runs(const AccountId& account,
                                                  std::size_t count) const override;
  [[nodiscard]] Result<RunDetailView> run(const AccountId& account,
                                          const std::string& id) const override;
  [[nodiscard]] Result<ChangesView> changes(const ChangesQuery& query) const override;
  [[nodiscard]] Result<PolicyStory> policy(const AccountId& account,
                                           const PolicyId& id) const override;
  [[nodiscard]] RoleNames names(const AccountId& account) const override;
  [[nodiscard]] std::optional<ReachView> reach(const AccountId& account) const override;
  [[nodiscard]] std::vector<NamedStanding> standings(const std::string& name) const override;
  [[nodiscard]] GitRequestCounts git_requests() const override;
  void poke() override;

 private:
  /// What the account's last cycle did; null: it planned nothing.
  [[nodiscard]] const Performed* last_of(const AccountId& account) const;

  Daemon& daemon_;
  const DaemonSource& source_;
  ReachBook reach_;
};

}  // namespace authzd
