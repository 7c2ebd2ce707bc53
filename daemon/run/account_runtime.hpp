// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One account with all that a cycle of it needs, alive for as long as the process works on it.
#pragma once

#include "daemon/iam/gateway.hpp"
#include "daemon/log.hpp"
#include "daemon/net/clock.hpp"
#include "daemon/net/http.hpp"
#include "daemon/run/account_spec.hpp"
#include "daemon/run/desired_loader.hpp"
#include "daemon/run/observation.hpp"
#include "daemon/source/source.hpp"
#include "daemon/state/account_state.hpp"
#include "reconciler/converge/schedule.hpp"

#include <memory>

namespace authzd {

struct AccountParts {
  AccountSpec spec;
  Schedule schedule;
  std::shared_ptr<Source> source;  // may be several accounts'; null: no manifests are read
  std::unique_ptr<AccountState> state;
  std::unique_ptr<HttpClient> http;  // what reader and writer speak through; null: offline
  std::unique_ptr<PolicyReader> reader;
  std::unique_ptr<PolicyWriter> writer;  // null: nothing of this account can be written
  Log log;                               // carries the account, and `run` as it is at the time
  std::shared_ptr<std::string> run;      // the id of the cycle under way
};

class AccountRuntime {
 public:
  /// `clock` must outlive this.
  AccountRuntime(AccountParts parts, Clock& clock)
      : parts_(std::move(parts)),
        clock_(clock),
        loader_(parts_.spec, parts_.source.get(), *parts_.state) {}
  AccountRuntime(const AccountRuntime&) = delete;  // the loader refers into it
  AccountRuntime& operator=(const AccountRuntime&) = delete;

  [[nodiscard]] const AccountSpec& spec() const { return parts_.spec; }
  [[nodiscard]] const Schedule& schedule() const { return parts_.schedule; }
  [[nodiscard]] const Log& log() const { return parts_.log; }
  void begin_run(std::string id) { *parts_.run = std::move(id); }
  [[nodiscard]] const std::string& run() const { return *parts_.run; }
  [[nodiscard]] Clock& clock() { return clock_; }
  [[nodiscard]] DesiredLoader& loader() { return loader_; }
  [[nodiscard]] AccountState& state() { return *parts_.state; }
  [[nodiscard]] PolicyReader& reader() { return *parts_.reader; }
  [[nodiscard]] PolicyWriter* writer() { return parts_.writer.get(); }
  [[nodiscard]] ReadingContext reading() {
    return {parts_.spec, *parts_.reader, *parts_.state, clock_};
  }

 private:
  AccountParts parts_;
  Clock& clock_;
  DesiredLoader loader_;
};

}  // namespace authzd
