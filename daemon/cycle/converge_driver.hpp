// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The converge driver: does what the converge state machine says, against the gateway. It decides
// nothing: a loop that sends commands, waits for one to end, and asks what is next.
#pragma once

#include "daemon/cycle/stop_token.hpp"
#include "daemon/iam/gateway.hpp"
#include "daemon/net/clock.hpp"
#include "reconciler/converge/converge.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <vector>

namespace authzd {

/// Hears of each write before it is sent and of each action when it ends: the audit log, the state.
class ConvergeObserver {
 public:
  virtual ~ConvergeObserver() = default;

  /// Called before the write goes out; IAM has not seen it yet. An error keeps it from being sent,
  /// and the action fails with it: what cannot be recorded is not done.
  virtual Result<void> before_write(std::size_t action, const Command& command) = 0;

  /// Called as soon as IAM has answered a DELETE of the action with success; reads may yet show the
  /// policy for a long time, and this process may not be there when they no longer do.
  virtual void delete_answered(std::size_t /*action*/) {}

  /// Called once for each action without a hold, as soon as its outcome is known.
  virtual void after(const Outcome& outcome) = 0;
};

/// For all reads that settle writes together, once a stop was requested and the writes under way
/// have ended. With the longest write (iam.timeouts.total) it has to fit into the units'
/// TimeoutStopSec.
inline constexpr std::chrono::seconds kSettleGrace(10);

/// What a convergence works with. All of it must outlive the call.
struct ConvergeTools {
  PolicyReader& reader;
  PolicyWriter& writer;
  Clock& clock;
  ConvergeObserver& observer;
  const StopToken& stop;
  Timestamp fresh_since = Timestamp::max();  // as Converger takes it

  std::chrono::milliseconds settle_grace = kSettleGrace;
};

/// Performs a plan and returns an outcome for each action without a hold, by action index; never an
/// error. `plan` must outlive the call.
/// A stop: nothing more is begun, a write under way ends by itself, the reads that settle writes
/// have a little time left between them, and a read before a write is left at once.
/// Cancellation: as a stop; every outcome is returned, and the caller's next co_await unwinds.
Async<std::vector<Outcome>> converge(const Plan& plan,
                                     ConvergeTools tools,
                                     std::size_t concurrency,
                                     std::map<PolicyId, Etag> last_etags);

}  // namespace authzd
