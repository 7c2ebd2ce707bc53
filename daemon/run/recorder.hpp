// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Keeps the state, the other observers and the log in step with a convergence: no write goes out
// that is not written down before, and each outcome is written down as soon as it is known.
#pragma once

#include "daemon/run/account_runtime.hpp"
#include "daemon/run/converge_driver.hpp"
#include "daemon/run/planning.hpp"

#include <cstddef>

namespace authzd {

class Recorder final : public ConvergeObserver {
 public:
  /// Writes down the run, if it is not yet, and what it is about to do. Both must outlive this.
  static Result<Recorder> begin(AccountRuntime& account, const Planned& planned);

  Result<void> before_write(std::size_t action, const Command& command) override;
  void after(const Outcome& outcome) override;

 private:
  Recorder(AccountRuntime& account, const Planned& planned, std::size_t first);

  [[nodiscard]] ActionRef ref(std::size_t action) const;
  [[nodiscard]] AuditContext context(std::size_t action) const;
  void log(const Action& action, const Outcome& outcome) const;

  AccountRuntime* account_;
  const Planned* planned_;
  std::size_t first_;  // number in the run of the plan's first action
};

}  // namespace authzd
