// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Fetches from memory what the next steps of a loop over policies and grants will read: see
// prefetch.hpp. Nothing here changes a result.
#pragma once

#include "reconciler/plan/assign.hpp"
#include "reconciler/plan/survey.hpp"

#include <cstddef>

namespace authzd {

/// The attributes of a side; then, when these are there, their values.
void fetch_items(const AttributeSet& side);
void fetch_values(const AttributeSet& side);

/// The same of both sides.
void fetch_items(const PolicyContent& content);
void fetch_values(const PolicyContent& content);

/// The first role of the set.
void fetch_first(const RoleSet& roles);

/// All that a content consists of, but for the values of its attributes.
void fetch_parts(const PolicyContent& content);

/// For a loop over the grants that decides about the policies that serve them, but for those that
/// are as granted.
void fetch_servers_after(std::size_t want, const Survey& survey, const Assignment& assignment);

/// How many actions a plan may well have: room for them is made once.
std::size_t expected_actions(const Survey& survey);

}  // namespace authzd
