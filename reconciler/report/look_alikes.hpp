// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Actions that a reader of a long plan need not compare one by one: they do the same to policies
// that differ in ids alone.
#pragma once

#include "reconciler/plan/plan.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace authzd {

/// A report of more actions than this shows look-alikes as a number.
inline constexpr std::size_t kManyActions = 40;

/// An update that leaves roles and text as they are: only authzd's marker changes.
bool is_marker_only(const Action& action);

/// The grant with "various" for the ids of an instance, a resource and a resource group. What it
/// applies to, and how wide it is, stays visible.
PolicyContent without_ids(const PolicyContent& content);

/// The same of several that are alike but for their ids: only the ids that differ are "various".
PolicyContent common_content(std::span<const PolicyContent* const> alike);
/// What two look-alikes have in common.
struct Likeness {
  Verb verb;
  Reason reason;
  AttributeSet subject;
  AttributeSet resource;
  RoleSet roles;

  auto operator<=>(const Likeness&) const = default;
};

/// None for an action that has no look-alikes.
std::optional<Likeness> likeness_of(const Action& action);

/// In the order of their first action. Only creates, and updates of the marker alone, have
/// look-alikes; what may take access away, what others changed, and what failed before stand alone.
std::vector<std::vector<const Action*>> look_alikes(std::span<const Action* const> actions);

/// "299 alike · neutral · adopted, marker only; --full shows each", of a group of several.
std::string alike_text(std::span<const Action* const> group);

/// What the actions of such a group grant.
PolicyContent common_content(std::span<const Action* const> group);

/// A note about one action that the mode does not allow, or that backs off.
bool is_dropped(const Note& note);

/// These notes of a plan, by their actions as above; none where there are not many.
std::vector<std::vector<const Note*>> dropped_alike(const Plan& plan);

/// What gives access waits for the account's wave: the mode is not the reason.
bool waits_for_wave(const Plan& plan);

/// "Nothing to do in this mode: it does not allow 2 changes", of a plan that drops all it wants.
std::string nothing_done_text(const Plan& plan);

}  // namespace authzd
