// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// `authzd record`: a command that is performed with its exchanges kept, and who keeps them.
#pragma once

#include "daemon/cli/commands.hpp"
#include "daemon/cli/invocation.hpp"
#include "daemon/cli/setup.hpp"
#include "daemon/record/trace_recorder.hpp"

#include <memory>

namespace authzd {

/// Performs the command of an invocation with CommonOptions::trace. Says where the trace is.
Ending record(CommandContext context, Invocation invocation);

/// Who keeps the exchanges of this call: that of `record`, or that of the configuration; null where
/// nobody does.
std::shared_ptr<TraceRecorder> recorder_of(const CommandContext& context, const Setup& setup);

}  // namespace authzd
