// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The plan that undoes a run, for who performs it and for who approves what is held of it.
#pragma once

#include "daemon/cli/asked_plan.hpp"
#include "daemon/cli/run_search.hpp"
#include "daemon/cycle/undo.hpp"

#include <memory>
#include <string>

namespace authzd {

/// As find_run(), by enough digits of its id that it is no guess.
tl::expected<FoundRun, ExitCode> find_run_to_undo(const CommandContext& context,
                                                  const Workplace& place,
                                                  const std::string& id);

/// Each plan leaves in `pins` those that go with it.
PlanMaker undo_maker(RunDetail past, std::shared_ptr<UndoPins> pins);

}  // namespace authzd
