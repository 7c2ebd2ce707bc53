// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The parts of an account's page that a person decides by: what is held, what fails, and the plan.
#pragma once

#include "daemon/console/account_page.hpp"

namespace authzd::console {

/// Each hold with why, all that it covers, and the command that approves it. Empty without any.
Markup held_part(const AccountPageView& view, Timestamp now);

/// What others widened, and the mode does not allow to set back. Empty without any.
Markup widened_part(const AccountPageView& view);

/// What fails again and again. Empty without any.
Markup due_part(const AccountStatus& status, Timestamp now);
Markup failing_part(const AccountStatus& status, Timestamp now);

/// The rest of the last plan: conflicts, broken assertions, what it does, ends, pins, what is left
/// alone.
Markup plan_part(const AccountPageView& view);

}  // namespace authzd::console
