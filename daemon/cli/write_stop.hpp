// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What ends the writes of a command early: in a daemon, its stop or a reload that changes the
// account; else a signal to the process, which the command has for itself.
#pragma once

#include "daemon/cli/commands.hpp"
#include "daemon/service/stop_signals.hpp"

#include <optional>

namespace authzd {

class WriteStop {
 public:
  /// From now on a signal waits for the write under way; make it when the questions are over.
  WriteStop(const CommandContext& context, const Workplace& place) {
    if (place.daemon == nullptr) signals_.emplace(context.executor, context.log);
  }

  /// Of the writes to `account`; lives as long as this and the account.
  [[nodiscard]] const StopToken& of(const AccountRuntime& account) const {
    return signals_ ? signals_->token() : account.retirement();
  }

 private:
  std::optional<StopSignals> signals_;
};

}  // namespace authzd
