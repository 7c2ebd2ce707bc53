// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What ends the writes of a command early: the stop of the daemon that it runs in, or a signal to
// the process that it has for itself.
#pragma once

#include "daemon/cli/commands.hpp"
#include "daemon/run/stop_signals.hpp"

#include <optional>

namespace authzd {

class WriteStop {
 public:
  /// From now on a signal waits for the write under way; make it when the questions are over.
  WriteStop(const CommandContext& context, const Workplace& place) : service_(place.service) {
    if (service_ == nullptr) signals_.emplace(context.executor, context.log);
  }

  /// Lives as long as this.
  [[nodiscard]] const StopToken& token() const {
    return service_ == nullptr ? signals_->token() : service_->stopping();
  }

 private:
  const Service* service_;
  std::optional<StopSignals> signals_;
};

}  // namespace authzd
