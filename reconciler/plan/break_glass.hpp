// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Break-glass grants: access that a person gives for some hours without a commit. They join the
// grants of the manifests, so that the same planner and the same rails judge them. What is special:
// each has an end from its beginning, which is kept without a person and without having been
// announced; and a manifest that wants the same ends it. Nothing here reads a clock or a state.
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/model/desired.hpp"
#include "reconciler/plan/plan.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// What a person asked for, as the state keeps it.
struct BreakGlass {
  std::string name;  // break_glass_name(): also of its grants, and in the marker of its policies
  std::string who;
  std::optional<unsigned> login_uid = {};  // the person's; none: unknown
  std::string reason;
  Timestamp made = {};
  Timestamp ends = {};
  std::string manifest = {};  // the text, which is decoded each time
  std::vector<Grant> grants = {};
  std::vector<std::string> what = {};  // some of them, for people

  bool operator==(const BreakGlass&) const = default;
};

inline constexpr std::size_t kMostBreakGlass = 100;  // of an account at a time
inline constexpr std::size_t kMostBreakGlassGrants = 100;
inline constexpr std::size_t kMaxBreakGlassReason = 500;  // characters

/// "break-glass-1a2b3c4d": recognizable wherever the name of an authorization is shown.
std::string break_glass_name(std::string_view digits);
bool is_break_glass_name(std::string_view name);

/// What a manifest says becomes what is granted: its name, its end and why are those of `of`.
std::vector<Grant> break_glass_grants(std::vector<Grant> decoded, const BreakGlass& of);

/// Why a manifest cannot be granted in this way; none: it can. Errors: invalid_manifest.
std::optional<Error> why_no_break_glass(std::span<const Grant> decoded);

/// Why it must not be granted beside the others, as far as no plan is needed to tell: `most` is the
/// longest time that any access may be granted in this way, none of it at all. Two grants that may
/// permit the same request must not follow each other without a gap, or they could outlive `most`
/// together. `active`: those whose end, or whose removal, has not been seen. Errors: rejected,
/// forbidden.
std::optional<Error> why_not_granted(const BreakGlass& wanted,
                                     std::span<const BreakGlass> active,
                                     const std::optional<std::chrono::milliseconds>& most);

/// False only if no request can be permitted by both.
bool may_overlap(const Grant& one, const Grant& other);

/// The plan of an undo or a release without what would make a break-glass policy stay: its return,
/// and the removal of its marker. Each becomes a conflict.
Plan without_lasting_glass(Plan plan);

struct OpenedGlass {
  Desired desired;
  std::vector<std::string> superseded = {};  // names: a manifest wants what they granted; sorted
};

/// The grants of the manifests and those of `glass`. A grant whose key a manifest has is left out,
/// and with it all of its break-glass grant: from then on the manifests decide.
OpenedGlass with_break_glass(const Desired& desired, std::span<const BreakGlass> glass);

}  // namespace authzd
