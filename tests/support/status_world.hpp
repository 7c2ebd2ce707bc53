// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A daemon's status for tests of its presentation: two accounts, a healthy one and one with every
// problem at once.
#pragma once

#include "daemon/status/cycle_tally.hpp"
#include "daemon/status/status_board.hpp"

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace authzd::test {

/// 2027-01-15T08:00:00Z, the start of VirtualClock.
inline constexpr Timestamp kStatusNow{std::chrono::milliseconds{1'800'000'000'000}};

AccountStatus healthy_account();   // "production"
AccountStatus troubled_account();  // "test": held, failing, refused, and with a wrong clock

/// Two waves: the canary is done, and of the other one an account waits.
RolloutView some_rollout();

/// An update and a delete, held by a rail, and one note of each counted kind.
Plan troubled_plan();

/// Shows what the test sets.
class FakeBoard : public StatusBoard {
 public:
  [[nodiscard]] std::vector<AccountView> accounts() const override { return views; }
  [[nodiscard]] std::optional<RefusedReload> refused_reload() const override { return refused; }
  [[nodiscard]] std::optional<RolloutView> rollout() const override { return waves; }
  [[nodiscard]] bool is_ready() const override { return ready; }
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
  [[nodiscard]] RoleNames names(const AccountId&) const override { return {}; }
  [[nodiscard]] std::optional<ReachView> reach(const AccountId& account) const override;
  [[nodiscard]] std::vector<NamedStanding> standings(const std::string& name) const override;
  [[nodiscard]] GitRequestCounts git_requests() const override { return git; }
  void poke() override { ++pokes; }

  std::vector<AccountView> views;
  std::optional<RefusedReload> refused;
  std::optional<RolloutView> waves;
  bool ready = true;
  std::map<AccountId, PlanDocument> plans;
  /// Null: the requested ids, a blank after each, and the count.
  std::function<Result<std::string>(std::span<const AccountId>, std::size_t)> runs_as_json;
  bool has_state = true;  // false: runs and run cannot read it
  std::map<AccountId, std::vector<RunDetailView>> run_details;  // the newest first
  std::map<AccountId, ReachView> reaches;
  std::vector<ChangeView> past;  // the newest first; of those asked for
  std::map<AccountId, PolicyStory> stories;
  std::vector<NamedStanding> named;  // filtered by the requested name
  GitRequestCounts git;
  int pokes = 0;
};

/// A run with a delete that was done and an update that failed.
RunDetailView some_run(const AccountStatus& account, std::string id);

/// A policy of each owner.
ReachView some_reach(const AccountStatus& account);

/// An update that set back what a person changed, approved by another.
ChangeView some_change(const AccountStatus& account);

/// A policy of ours with a held delete, a note, a pin and a change.
PolicyStory some_story(const AccountStatus& account, std::string id);

/// A board with both accounts, their plans and calls.
FakeBoard full_board();

/// Three cycles of "production" and two failed ones of "test".
CycleTally full_tally();

}  // namespace authzd::test
