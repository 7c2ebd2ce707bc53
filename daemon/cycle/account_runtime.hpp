// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One account with everything that its cycles need. It lives as long as the process works on it.
#pragma once

#include "daemon/cycle/account_spec.hpp"
#include "daemon/cycle/desired_loader.hpp"
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
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace authzd {

/// What was already reported: a finding that persists is reported when it appears or changes, not
/// once per cycle.
class Notices {
 public:
  /// True if it was not reported in the cycle before, nor in this one.
  bool is_news(std::string text) {
    const bool known = said_.contains(text);
    return now_.insert(std::move(text)).second && !known;
  }

  /// A cycle has ended: what it did not report is forgotten.
  void end_cycle() { said_ = std::exchange(now_, {}); }

 private:
  std::set<std::string> said_;
  std::set<std::string> now_;
};

struct AccountParts {
  AccountSpec spec;
  Schedule schedule;
  /// All of the configuration that affects this account: equal fingerprints mean no change.
  std::string fingerprint = {};
  std::shared_ptr<Source> source;  // several accounts may share it; null: no manifests are read
  std::shared_ptr<ListRoom> grants_room = {};    // as in DesiredLoader
  std::shared_ptr<ParsedFiles> parsed = {};      // as in DesiredLoader
  std::shared_ptr<SelectorBook> selectors = {};  // of all accounts of the process; may be null
  std::shared_ptr<RolloutGate> rollout = {};     // null: a revision is for all accounts at once
  std::unique_ptr<AccountState> state;
  std::unique_ptr<HttpClient> http;       // used by reader and writer; null: offline
  std::shared_ptr<ApiCalls> calls = {};   // counted by `http`; null: not counted
  std::shared_ptr<const Pace> pace = {};  // of its requests; null: unknown
  std::unique_ptr<PolicyReader> reader;
  bool is_offline = false;               // `reader` has a saved list, and cannot look anything up
  std::unique_ptr<PolicyWriter> writer;  // null: nothing of this account can be written
  std::vector<std::shared_ptr<WriteObserver>> observers = {};  // besides the state
  Log log;                                                     // carries the account, and `run`
  std::shared_ptr<std::string> run;                            // the id of the current run
};

/// How far the writes of the current run are.
struct WriteProgress {
  std::size_t done = 0;   // well or not
  std::size_t total = 0;  // 0: nothing is being written
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
  /// For durations, and for times that no decision depends on.
  [[nodiscard]] Clock& clock() { return clock_; }
  /// The current time, for every decision that depends on it and for all records.
  [[nodiscard]] TrustedTime time() const { return standing_->time.now(); }
  [[nodiscard]] const SelectorBook* selectors() const { return parts_.selectors.get(); }
  [[nodiscard]] DesiredLoader& loader() { return loader_; }
  [[nodiscard]] const DesiredLoader& loader() const { return loader_; }
  [[nodiscard]] AccountState& state() { return *parts_.state; }
  [[nodiscard]] const AccountState& state() const { return *parts_.state; }
  /// Null: there are no waves.
  [[nodiscard]] const std::shared_ptr<RolloutGate>& rollout() const { return parts_.rollout; }
  [[nodiscard]] PolicyReader& reader() { return *parts_.reader; }
  [[nodiscard]] PolicyWriter* writer() { return parts_.writer.get(); }
  [[nodiscard]] const std::vector<std::shared_ptr<WriteObserver>>& observers() const {
    return parts_.observers;
  }
  [[nodiscard]] ReadingContext reading() {
    return {.spec = parts_.spec,
            .reader = *parts_.reader,
            .state = *parts_.state,
            .time = standing_->time,
            .has_newer = loader_.has_newer()};
  }

  /// The same for a reader that does not hold the account's turn.
  [[nodiscard]] ReadingContext reading_beside() {
    ReadingContext context = reading();
    context.may_settle = false;
    return context;
  }

  /// Everything from now on belongs to this run. `who`: who asked for it; empty: nobody.
  void begin_run(std::string id, RunKind kind = RunKind::cycle, std::string who = {});
  [[nodiscard]] const RunStart& run() const { return run_; }

  /// Says that this run undoes run `run`. To be called before record_run().
  void take_back(std::string run) { run_.undoes = std::move(run); }

  /// Records the run in the state, once: before its first action. Errors: those of the state.
  Result<void> record_run(const std::string& revision);

  /// False for what the cycle before reported: it need not be reported again.
  bool is_news(std::string finding) { return standing_->notices.is_news(std::move(finding)); }
  void end_notices() { standing_->notices.end_cycle(); }

  [[nodiscard]] WriteProgress& writes() { return writes_; }

  /// Waits until no other task works on the account, and holds it: two convergences never overlap.
  /// Without a gate (a process of its own) there is no wait.
  boost::asio::awaitable<FairGate::Pass> turn();
  [[nodiscard]] bool is_busy() const { return gate_ != nullptr && gate_->is_full(); }
  /// A process of its own: what a command did is on its standard output.
  [[nodiscard]] bool stands_alone() const { return gate_ == nullptr; }
  void take_turns_at(std::shared_ptr<FairGate> gate) { gate_ = std::move(gate); }

  /// From now on this object begins no write: another configuration replaced it, the account was
  /// removed, or the daemon stops. Work on it gets retirement() as its stop token.
  void retire() { retirement_.request(); }
  [[nodiscard]] const StopToken& retirement() const { return retirement_; }

  [[nodiscard]] std::shared_ptr<const ApiCalls> calls() const { return parts_.calls; }

  /// The most requests per second that IAM is sent now; 0: no limit is known.
  [[nodiscard]] double request_rate() const { return parts_.pace ? parts_.pace->rate() : 0; }

  [[nodiscard]] const AccountStatus& status() const { return standing_->status; }
  [[nodiscard]] AccountStatus& status() { return standing_->status; }
  void expect_cycle(Timestamp at) { standing_->status.next_cycle = at; }

  /// Continues where `old`, the same account under another configuration, is: takes over its turns,
  /// status and time, which the two share from then on.
  void inherit(const AccountRuntime& old);

 private:
  /// What does not depend on the account's configuration.
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
  WriteProgress writes_;
  std::shared_ptr<Standing> standing_;
  std::shared_ptr<FairGate> gate_;
  StopToken retirement_;
};

/// The commit as people recognize it, with its link; only its id if the state does not know it, and
/// empty if `revision` is not a commit.
Commit commit_of(const AccountRuntime& account, const std::string& revision);

/// Why a run of that kind must not write to the account; none: it may. A release is allowed
/// nevertheless, since accounts are suspended before it. An error of the state counts as a
/// suspension.
std::optional<Error> find_suspension(const AccountRuntime& account, RunKind kind);

}  // namespace authzd
