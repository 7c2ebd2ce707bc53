// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the listener shows, and the only action that it may start. The daemon implements it; this
// module knows nothing of cycles, and can change nothing.
#pragma once

#include "daemon/status/api_calls.hpp"
#include "daemon/status/daemon_status.hpp"
#include "daemon/status/policy_story.hpp"
#include "daemon/status/run_view.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/report/plan_json.hpp"
#include "reconciler/report/reach.hpp"
#include "reconciler/report/standing.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace authzd {

struct AccountView {
  AccountStatus status;
  std::chrono::milliseconds interval{0};  // between two cycles
  std::shared_ptr<const ApiCalls> calls;  // to IAM; may be null
  double request_rate = 0;                // requests a second, at most, now; 0: not known
};

/// Network calls of git: by type ("ls-remote", "fetch") and result ("success", "error").
using GitRequestCounts = std::map<std::pair<std::string, std::string>, std::uint64_t>;

class StatusBoard {
 public:
  virtual ~StatusBoard() = default;

  /// All current accounts, in the order of the configuration.
  [[nodiscard]] virtual std::vector<AccountView> accounts() const = 0;

  /// The last reload of the configuration, if it was refused.
  [[nodiscard]] virtual std::optional<RefusedReload> refused_reload() const = 0;

  /// How the newest revision reaches the accounts; none: there are no waves.
  [[nodiscard]] virtual std::optional<RolloutView> rollout() const { return std::nullopt; }

  /// Every account's first cycle has ended, successfully or not.
  [[nodiscard]] virtual bool is_ready() const = 0;

  /// The last cycle's plan; none if there was none, or no such account.
  [[nodiscard]] virtual std::optional<PlanDocument> plan(const AccountId& account) const = 0;

  /// The last runs of these accounts as JSON, the newest of each first, at most `count` of each.
  /// Errors: those of the state.
  [[nodiscard]] virtual Result<std::string> runs_json(std::span<const AccountId> accounts,
                                                      std::size_t count) const = 0;

  /// The same as values.
  [[nodiscard]] virtual Result<std::vector<RunView>> runs(const AccountId& account,
                                                          std::size_t count) const = 0;

  /// The account's run whose id equals, or begins with, `id`. Errors: not_found; conflict if
  /// several match; those of the state.
  [[nodiscard]] virtual Result<RunDetailView> run(const AccountId& account,
                                                  const std::string& id) const = 0;

  /// What authzd changed in these accounts, the newest first. Errors: those of the state.
  [[nodiscard]] virtual Result<ChangesView> changes(const ChangesQuery& query) const = 0;

  /// What is known of a policy. Errors: not_found, if it is neither in the account's last list nor
  /// among its recorded changes; those of the state.
  [[nodiscard]] virtual Result<PolicyStory> policy(const AccountId& account,
                                                   const PolicyId& id) const = 0;

  /// Names of roles and instances, as far as the last plan of the account knows them.
  [[nodiscard]] virtual RoleNames names(const AccountId& account) const = 0;

  /// None: there was no list yet, or so many policies of other accounts are kept that this one's
  /// are not.
  [[nodiscard]] virtual std::optional<ReachView> reach(const AccountId& account) const = 0;

  /// The standing of the authorization's grants in the last cycle of each account that has it.
  [[nodiscard]] virtual std::vector<NamedStanding> standings(const std::string& name) const = 0;

  [[nodiscard]] virtual GitRequestCounts git_requests() const = 0;

  /// Starts a cycle of every account, as soon as the gap between two cycles allows.
  virtual void poke() = 0;
};

}  // namespace authzd
