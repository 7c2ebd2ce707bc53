// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Knows all accounts of the process, and which of them may take the newest revision: the decision
// is reconciler/rollout's, what has happened is in the state.
#pragma once

#include "daemon/cycle/rollout_gate.hpp"
#include "daemon/state/rollout_store.hpp"
#include "daemon/state/suspensions.hpp"
#include "reconciler/rollout/rollout_view.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace authzd {

/// An account as the configuration has it.
struct RolloutAccount {
  AccountId id;
  std::string name;
  AccountTraits::Texts labels = {};
  bool is_out = false;  // unreachable, or it leaves: nobody waits for it
};

class RolloutKeeper final : public RolloutGate {
 public:
  /// Errors: those of the state.
  static Result<std::shared_ptr<RolloutKeeper>> open(std::shared_ptr<Database> database);

  /// The configuration in force from now on. With other waves, the times since when waves are
  /// complete start again. Errors: those of the state.
  Result<void> follow(RolloutRules rules, std::vector<RolloutAccount> accounts);

  /// False: a revision is for all accounts at once.
  [[nodiscard]] bool has_waves() const { return !rules_.waves.empty(); }

  /// "wave 2 (production)".
  [[nodiscard]] std::string wave_of(const AccountTraits::Texts& labels) const {
    return wave_text(rules_, authzd::wave_of(rules_, labels));
  }

  /// Called for each account that may take the revision since something has changed.
  void on_open(std::function<void(const AccountId&)> wake) { wake_ = std::move(wake); }

  /// What a person asks for. Each tells which accounts may continue, by on_open(). Errors:
  /// conflict, if there is nothing to do; those of the state.
  Result<void> pause(const std::string& who, const TrustedTime& time);
  Result<void> resume(const std::string& who, const TrustedTime& time);
  /// `revision`: the newest one, or the beginning of it; empty: the newest one. Errors besides:
  /// rejected, if it is another one.
  Result<void> promote(const std::string& revision,
                       bool is_urgent,
                       const std::string& who,
                       const TrustedTime& time);

  /// None: there are no waves. Errors: those of the state.
  [[nodiscard]] Result<std::optional<RolloutView>> view(const TrustedTime& time) const;

  [[nodiscard]] Result<std::string> newest() const override { return kept_.rollout.revision; }
  [[nodiscard]] Result<GateAnswer> look(const AccountId& account,
                                        const std::string& revision,
                                        const TrustedTime& time) const override;
  Result<GateAnswer> ask(const AccountId& account,
                         const std::string& revision,
                         const std::string& in_force,
                         const TrustedTime& time) override;
  [[nodiscard]] Result<std::optional<RolloutWait>> narrows(const AccountId& account,
                                                           const std::string& revision,
                                                           const TrustedTime& time) const override;
  Result<RolloutNews> note(const AccountId& account,
                           const CycleFaring& cycle,
                           const TrustedTime& time) override;

 private:
  RolloutKeeper(std::shared_ptr<Database> database,
                KeptRollout kept,
                std::map<AccountId, RolloutProgress> progress);

  [[nodiscard]] Result<std::vector<RolloutMember>> members(const std::string& revision) const;
  [[nodiscard]] GateAnswer answer_of(const RolloutAnswer& answer,
                                     const std::string& revision) const;
  Result<void> keep(KeptRollout kept);
  Result<void> keep(const AccountId& account, RolloutProgress progress);
  Result<void> advance(const TrustedTime& time);
  Result<void> say(KeptRollout kept,
                   std::string word,
                   const std::string& who,
                   const TrustedTime& time);
  void wake_open(const TrustedTime& time);

  RolloutStore store_;
  Suspensions suspensions_;
  RolloutRules rules_;
  std::vector<RolloutAccount> accounts_;
  KeptRollout kept_;  // these two as in the state, which this process holds
  std::map<AccountId, RolloutProgress> progress_;
  std::function<void(const AccountId&)> wake_;
  std::set<AccountId> woken_;  // for the newest revision, since a person asked for something
};

}  // namespace authzd
