// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Finding a run by the beginning of its id, whichever account it is of.
#pragma once

#include "daemon/cli/commands.hpp"
#include "reconciler/base/result.hpp"

#include <memory>
#include <string>

namespace authzd {

struct FoundRun {
  std::shared_ptr<AccountRuntime> account;
  RunDetail detail;
};

/// Shows why there is none, or not one alone.
tl::expected<FoundRun, ExitCode> find_run(const CommandContext& context,
                                          const Workplace& place,
                                          const std::string& id);

}  // namespace authzd
