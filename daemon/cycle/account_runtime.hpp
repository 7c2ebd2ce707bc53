// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One account with all that a cycle of it needs, alive for as long as the process works on it.
#pragma once

#include "daemon/cycle/account_spec.hpp"
#include "daemon/cycle/desired_loader.hpp"
#include "daemon/cycle/notices.hpp"
#include "daemon/cycle/observation.hpp"
#include "daemon/cycle/stop_token.hpp"
#include "daemon/cycle/time_keeper.hpp"
#include "daemon/cycle/write_observer.hpp"
#include "daemon/iam/gateway.hpp"
#include "daemon/iam/pace.hpp"
#include "daemon/log.hpp"
#include "daemon/net/clock.hpp"
#include "daemon/net/fair_gate.hpp"
#include "daemon/net/http.hpp"
#include "daemon/source/source.hpp"
#include "daemon/state/account_state.hpp"
#include "daemon/status/account_status.hpp"
#include "daemon/status/api_calls.hpp"
#include "reconciler/converge/schedule.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace authzd {

struct AccountParts {
  AccountSpec spec;
  Schedule schedule;
  /// Says all of the configuration that this account hangs on: two with the same are the same.
  std::string fingerprint = {};
  std::shared_ptr<Source> source;  // may be several accounts'; null: no manifests are read
  std::unique_ptr<AccountState> state;
  std::unique_ptr<HttpClient> http;       // what reader and writer speak through; null: offline
  std::shared_ptr<ApiCalls> calls = {};   // counted by `http`; null: nobody counts
  std::shared_ptr<const Pace> pace = {};  // of its requests; null: nobody knows
  std::unique_ptr<PolicyReader> reader;
  bool is_offline = false;               // `reader` has a saved list, and can look nothing up
  std::unique_ptr<PolicyWriter> writer;  // null: nothing of this account can be written
  std::vector<std::shared_ptr<WriteObserver>> observers = {};  // besides the state
  Log log;                                                     // carries the account, and `run`
  std::shared_ptr<std::string> run;                            // the id of the run under way
};

class AccountRuntime {
 public:
  /// `clock` must outlive this.
  AccountRuntime(AccountParts parts, Clock& clock);
  AccountRuntime(const AccountRuntime&) = delete;  // the loader refers into it
  AccountRuntime& operator=(const AccountRuntime&) = delete;

  [[nodiscard]] const AccountSpec& spec() const { return parts_.spec; }
  [[nodiscard]] const Schedule& schedule() const { return parts_.schedule; }
  [[nodiscard]] const std::string& fingerprint() const { return parts_.fingerprint; }
  [[nodiscard]] const Log& log() const { return parts_.log; }
  /// For durations, and for times that nothing is decided by.
  [[nodiscard]] Clock& clock() { return clock_; }
  /// What time it is, for every decision that depends on it and for what is written down.
  [[nodiscard]] TrustedTime time() const { return standing_->time.now(); }
  [[nodiscard]] DesiredLoader& loader() { return loader_; }
  [[nodiscard]] const DesiredLoader& loader() const { return loader_; }
  [[nodiscard]] AccountState& state() { return *parts_.state; }
  [[nodiscard]] const AccountState& state() const { return *parts_.state; }
  [[nodiscard]] PolicyReader& reader() { return *parts_.reader; }
  [[nodiscard]] PolicyWriter* writer() { return parts_.writer.get(); }
  [[nodiscard]] const std::vector<std::shared_ptr<WriteObserver>>& observers() const {
    return parts_.observers;
  }
  [[nodiscard]] ReadingContext reading() {
    return {parts_.spec, *parts_.reader, *parts_.state, standing_->time};
  }

  /// The same for who reads beside whatever has the account's turn.
  [[nodiscard]] ReadingContext reading_beside() {
    ReadingContext context = reading();
    context.may_settle = false;
    return context;
  }

  /// What is done from here on is done by this run, and for whom; empty: the timer.
  void begin_run(std::string id, RunKind kind = RunKind::cycle, std::string who = {});
  [[nodiscard]] const RunStart& run() const { return run_; }

  /// This run takes that one back. Before record_run().
  void take_back(std::string run) { run_.undoes = std::move(run); }

  /// Writes the run down in the state, once: before its first action. Errors: those of the state.
  Result<void> record_run(const std::string& revision);

  /// False for what was said in the cycle before: it need not be said again.
  bool is_news(std::string finding) { return standing_->notices.is_news(std::move(finding)); }
  void end_notices() { standing_->notices.end_cycle(); }

  /// Waits until nobody else works on the account, and holds it: two convergences never meet. A
  /// process that stands alone has nobody to wait for.
  boost::asio::awaitable<FairGate::Pass> turn();
  [[nodiscard]] bool is_busy() const { return gate_ != nullptr && gate_->is_full(); }
  void take_turns_at(std::shared_ptr<FairGate> gate) { gate_ = std::move(gate); }

  /// From now on nothing of this object begins a write: another configuration took its place, the
  /// account was removed, or the daemon stops. Whatever works on it is given retirement().
  void retire() { retirement_.request(); }
  [[nodiscard]] const StopToken& retirement() const { return retirement_; }

  [[nodiscard]] std::shared_ptr<const ApiCalls> calls() const { return parts_.calls; }

  /// Requests a second that IAM is asked at most, now; 0: no limit is known.
  [[nodiscard]] double request_rate() const { return parts_.pace ? parts_.pace->rate() : 0; }

  [[nodiscard]] const AccountStatus& status() const { return standing_->status; }
  [[nodiscard]] AccountStatus& status() { return standing_->status; }
  void expect_cycle(Timestamp at) { standing_->status.next_cycle = at; }

  /// Goes on where `old` is, the same account under another configuration: with its turns, and with
  /// its status and its time, which the two share from then on.
  void inherit(const AccountRuntime& old);

 private:
  /// What is known of the account whatever its configuration.
  struct Standing {
    Standing(Clock& clock, std::optional<Timestamp> last_trusted) : time(clock, last_trusted) {}

    AccountStatus status;
    Notices notices;
    TimeKeeper time;
  };

  AccountParts parts_;
  Clock& clock_;
  DesiredLoader loader_;
  RunStart run_;
  bool is_run_recorded_ = false;
  std::shared_ptr<Standing> standing_;
  std::shared_ptr<FairGate> gate_;
  StopToken retirement_;
};

}  // namespace authzd
