// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The converge driver executes what the converge state machine decides, against the gateway: a loop
// that sends commands, waits for one to end, and asks for the next step.
#pragma once

#include "daemon/cycle/stop_token.hpp"
#include "daemon/iam/gateway.hpp"
#include "daemon/net/clock.hpp"
#include "reconciler/converge/converge.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <set>
#include <vector>

namespace authzd {

/// Called before each write and at the end of each action: the audit log, the state.
class ConvergeObserver {
 public:
  virtual ~ConvergeObserver() = default;

  /// Called before the write is sent; IAM has not seen it yet. On an error it is not sent, and the
  /// action fails with that error: what cannot be recorded is not done.
  virtual Result<void> before_write(std::size_t action, const Command& command) = 0;

  /// Called as soon as IAM has answered a DELETE of the action with success. Reads may show the
  /// policy for a long time after that, and this process may end before they no longer do.
  virtual void delete_answered(std::size_t /*action*/) {}

  /// Called once for each action without a hold, as soon as its outcome is known.
  virtual void after(const Outcome& outcome) = 0;
};

/// The time for all reads that settle writes together, after a stop was requested and the running
/// writes have ended. Together with the longest write (iam.timeouts.total) it has to fit into the
/// units' TimeoutStopSec.
inline constexpr std::chrono::seconds kSettleGrace(10);

/// The tools of a convergence. All of them must outlive the call.
struct ConvergeTools {
  PolicyReader& reader;
  PolicyWriter& writer;
  Clock& clock;
  ConvergeObserver& observer;
  const StopToken& stop;
  Timestamp fresh_since = Timestamp::max();  // as in Converger

  std::chrono::milliseconds settle_grace = kSettleGrace;
  std::set<IamId> identities = {};         // ours, as in Converger
  const SharedPolicies* listed = nullptr;  // as in Converger
  Timestamp listed_at = Timestamp::max();  // as in Converger
};

/// Performs a plan and returns an outcome for each action without a hold, by action index; never an
/// error. `plan` must outlive the call.
/// On a stop: no action is begun, a running write completes, the reads that settle writes share a
/// short grace period, and a read before a write is abandoned at once.
/// Cancellation: as a stop; every outcome is returned, and the caller's next co_await unwinds.
Async<std::vector<Outcome>> converge(const Plan& plan,
                                     ConvergeTools tools,
                                     std::size_t concurrency,
                                     std::map<PolicyId, Etag> last_etags);

}  // namespace authzd
