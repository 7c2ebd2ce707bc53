// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A rollout as text and as JSON: for `authzd rollout`, and as a part of the status.
#pragma once

#include "reconciler/report/json_values.hpp"
#include "reconciler/report/text_style.hpp"
#include "reconciler/rollout/rollout_view.hpp"

#include <string>

namespace authzd {

/// The waves as a table, and why each account that waits does; of many the first ones.
std::string rollout_text(const RolloutView& view, TextStyle style);

/// Null: there are no waves.
report::Json rollout_json(const std::optional<RolloutView>& view);

/// A document of its own.
std::string rollout_document(const std::optional<RolloutView>& view);

}  // namespace authzd
