// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Whether an account may take the newest revision now, as its loader and its cycle ask it. Who
// knows all accounts implements it (daemon/service/rollout_keeper).
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/base/trusted_time.hpp"
#include "reconciler/rollout/progress.hpp"
#include "reconciler/rollout/rollout.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace authzd {

/// The newest revision, and why the account does not have all of it yet.
struct RolloutWait {
  std::string revision;
  std::string wave;         // "wave 2 (production)"
  std::string why;          // reason_text()
  bool is_started = false;  // it carries out what narrows

  bool operator==(const RolloutWait&) const = default;
};

struct GateAnswer {
  Passage passage = Passage::take;
  std::optional<RolloutWait> wait = {};  // set unless it may take the revision
};

/// What a person should hear of once. The account is the one whose cycle showed it.
struct RolloutNews {
  std::string stopped = {};   // why the rollout is stopped; empty: this account does not stop it
  std::string complete = {};  // the revision that every account has now; empty: nothing new

  bool operator==(const RolloutNews&) const = default;
};

class RolloutGate {
 public:
  virtual ~RolloutGate() = default;

  /// The revision that is rolled out; empty: none was seen yet. Errors: those of the state.
  [[nodiscard]] virtual Result<std::string> newest() const = 0;

  /// What ask() would answer. Changes nothing.
  [[nodiscard]] virtual Result<GateAnswer> look(const AccountId& account,
                                                const std::string& revision,
                                                const TrustedTime& time) const = 0;

  /// The source shows the account this revision, and the account takes it if it may: it counts as
  /// on its way from now on. A revision that is not newest() is a newer one, and starts at the
  /// first wave. `in_force`: what the account has; empty: nothing.
  virtual Result<GateAnswer> ask(const AccountId& account,
                                 const std::string& revision,
                                 const std::string& in_force,
                                 const TrustedTime& time) = 0;

  /// Whether the account, of the revision that it has, carries out only what narrows; then why.
  [[nodiscard]] virtual Result<std::optional<RolloutWait>> narrows(
      const AccountId& account, const std::string& revision, const TrustedTime& time) const = 0;

  /// A cycle of the account has ended.
  virtual Result<RolloutNews> note(const AccountId& account,
                                   const CycleFaring& cycle,
                                   const TrustedTime& time) = 0;
};

/// The gate as one account sees it. Without a gate each revision is for all accounts at once.
struct RolloutSeat {
  std::shared_ptr<RolloutGate> gate = {};
  AccountId account = {};
  std::function<TrustedTime()> time = {};

  [[nodiscard]] bool has_gate() const { return gate != nullptr; }
};

}  // namespace authzd
