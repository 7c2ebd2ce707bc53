// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What was changed in the past, one change an entry: all of it, or only what set back a change of
// somebody else.
#pragma once

#include "daemon/console/frame.hpp"
#include "daemon/status/policy_story.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace authzd::console {

inline constexpr std::size_t kChangesAPage = 50;

struct HistoryView {
  std::string account;         // by name; empty: all
  bool reverts_others = true;  // only what set back a change of somebody else
  std::size_t page = 1;
  ChangesView changes;
};

std::string history_page(const Frame& frame, const HistoryView& view);

/// Changes as a list, each with its run, who asked for it and who approved it.
Markup change_list(std::span<const ChangeView> changes,
                   const std::map<AccountId, RoleNames>& names,
                   Timestamp now);

}  // namespace authzd::console
