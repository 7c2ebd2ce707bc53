// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One account: how it stands, what is held and how to approve it, what fails, what the last plan
// has, and its last runs.
#pragma once

#include "daemon/console/frame.hpp"
#include "daemon/status/run_view.hpp"
#include "daemon/status/status_board.hpp"
#include "reconciler/report/plan_json.hpp"

#include <optional>
#include <string>
#include <vector>

namespace authzd::console {

struct AccountPageView {
  const AccountView& account;
  std::optional<PlanDocument> plan;  // of the last cycle; none: there was none
  RoleNames names;                   // that the plan knows
  std::vector<RunView> runs;         // the newest first
};

std::string account_page(const Frame& frame, const AccountPageView& view);

}  // namespace authzd::console
