// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/planner.hpp"

#include "reconciler/plan/canonical.hpp"
#include "reconciler/plan/decide.hpp"
#include "reconciler/plan/mode_filter.hpp"
#include "reconciler/plan/survey.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace authzd {
namespace {

constexpr std::array<std::string_view, 4> kModes = {
    "observe", "create-only", "upsert-only", "sync"};
constexpr std::array<std::string_view, 3> kAdopts = {"never", "identical", "always"};

template <class Enum, std::size_t N>
std::optional<Enum> parse(const std::array<std::string_view, N>& words, std::string_view text) {
  const auto found = std::find(words.begin(), words.end(), text);
  if (found == words.end()) return std::nullopt;
  return static_cast<Enum>(found - words.begin());
}

void sort(Plan& plan) {
  std::sort(plan.actions.begin(), plan.actions.end(), [](const Action& a, const Action& b) {
    return std::tie(a.verb, a.key, a.id) < std::tie(b.verb, b.key, b.id);
  });
  sort_notes(plan);
}

}  // namespace

Plan make_plan(const AccountId& account,
               std::span<const ResolvedGrant> desired,
               std::span<const Observed> observed,
               const Ownership& ownership,
               const PlanOptions& options) {
  const Survey view = survey(account, desired, observed, ownership, options);
  Plan plan = filter_by_mode(decide(account, view, ownership, options), options.mode);
  sort(plan);
  plan.hash = hash_plan(plan);
  return plan;
}

std::string_view to_string(Mode mode) {
  return kModes[static_cast<std::size_t>(mode)];
}

std::string_view to_string(Adopt adopt) {
  return kAdopts[static_cast<std::size_t>(adopt)];
}

std::optional<Mode> parse_mode(std::string_view text) {
  return parse<Mode>(kModes, text);
}

std::optional<Adopt> parse_adopt(std::string_view text) {
  return parse<Adopt>(kAdopts, text);
}

}  // namespace authzd
