// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Pins: keys that an undo changed. A pinned key is left alone until its desired grant differs from
// the one at the time of the pin: changed, added, or removed (design §6). Undo computes the digest,
// the planner compares it, and the owner of the pins drops those that ended.
#pragma once

#include "reconciler/model/desired.hpp"
#include "reconciler/model/key.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// The digest of a key without a grant.
inline constexpr std::string_view kNoGrant = "absent";

/// Key → digest of its desired grant when it was pinned.
using Pins = std::map<Key, std::string>;

/// 64 hex digits over everything that a manifest says about the grant, without its position and
/// labels; kNoGrant for none. Time does not change it: only a person who changes a manifest ends a
/// pin, not an end (expiresAt) that comes, and not a clock in doubt.
std::string grant_digest(const Grant* grant);

/// The digests of the desired grants at these keys.
Pins desired_digests(const Desired& desired, const std::set<Key>& keys);

/// The pins that have ended, by key.
std::vector<Key> ended_pins(const Pins& pins, const Desired& desired);

}  // namespace authzd
