// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Keeps the state, the other observers and the log in step with a convergence: each write is
// recorded before it is sent, and each outcome as soon as it is known.
#pragma once

#include "daemon/cycle/account_runtime.hpp"
#include "daemon/cycle/converge_driver.hpp"
#include "daemon/cycle/planning.hpp"

#include <cstddef>
#include <optional>
#include <set>
#include <string>

namespace authzd {

class Recorder final : public ConvergeObserver {
 public:
  /// For a plan that write_down() has recorded, with the number that it returned. Both must outlive
  /// this.
  Recorder(AccountRuntime& account, const Planned& planned, std::size_t first);

  ~Recorder() override { account_->writes() = {}; }
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// Records the run, if it is not yet recorded, and its planned actions, and yields to others
  /// between slices: nothing is sent before all of it is on disk. Errors: those of the state.
  static Async<std::size_t> write_down(AccountRuntime& account,  // coroutine-ref: the awaiter's
                                       const Planned& planned);  // coroutine-ref: the awaiter's

  Result<void> before_write(std::size_t action, const Command& command) override;
  void delete_answered(std::size_t action) override;
  void after(const Outcome& outcome) override;

 private:
  [[nodiscard]] std::optional<Error> bar(const Action& action, const Command& command) const;
  [[nodiscard]] std::optional<Error> revocation(const Action& action) const;
  [[nodiscard]] ActionRef ref(std::size_t action) const;
  [[nodiscard]] AuditContext context(std::size_t action) const;
  void log(const Action& action, const Outcome& outcome) const;

  AccountRuntime* account_;
  const Planned* planned_;
  std::size_t first_;                    // number in the run of the plan's first action
  Result<std::set<std::string>> given_;  // the approvals that counted when it began
};

}  // namespace authzd
