// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the state and the last cycle know of the past, as the console's pages show it.
#pragma once

#include "daemon/app/reach_book.hpp"
#include "daemon/cycle/account_runtime.hpp"
#include "daemon/cycle/run_cycle.hpp"
#include "daemon/service/daemon.hpp"
#include "daemon/status/policy_story.hpp"

#include <functional>
#include <optional>

namespace authzd {

RunActionView action_view(const RecordedAction& recorded);

/// The changes of accounts; one that went with a reload has none. Looks at a bounded number of
/// records, however many accounts there are. Errors: those of the state.
Result<ChangesView> changes_of(const Daemon& daemon,
                               const ChangesQuery& query,
                               const std::function<RoleNames(const AccountId&)>& names_of);

/// `listed`: as the last list has it; none: it is not there. `last`: what the last cycle did; null:
/// it planned nothing. Errors: not_found, where neither list nor records have it; those of the
/// state.
Result<PolicyStory> story_of(const AccountRuntime& account,
                             const PolicyId& id,
                             std::optional<KeptPolicy> listed,
                             const Performed* last);

}  // namespace authzd
