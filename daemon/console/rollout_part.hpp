// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// How the newest revision reaches the accounts: a sentence, and a table of the waves.
#pragma once

#include "daemon/console/html.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/rollout/rollout_view.hpp"

namespace authzd::console {

/// Empty before the first revision.
Markup rollout_part(const RolloutView& rollout, Timestamp now);

}  // namespace authzd::console
