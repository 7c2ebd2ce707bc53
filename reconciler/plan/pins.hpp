// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Pins: keys that an undo changed. A pinned key is left alone until its desired grant differs from
// the one at the time of the pin: changed, added, or removed (design §6). Undo computes the digest,
// the planner compares it, and the owner of the pins drops those that ended.
#pragma once

#include "reconciler/base/time.hpp"
#include "reconciler/model/desired.hpp"
#include "reconciler/model/key.hpp"

#include <map>
#include <optional>
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
/// labels. kNoGrant for none, and for one whose expiresAt has come by `now` (none: the clock is in
/// doubt, and nothing counts as expired).
std::string grant_digest(const Grant* grant, std::optional<Timestamp> now);

/// The digests of the desired grants at these keys.
Pins desired_digests(const Desired& desired,
                     const std::set<Key>& keys,
                     std::optional<Timestamp> now);

/// The pins that have ended, by key.
std::vector<Key> ended_pins(const Pins& pins, const Desired& desired, std::optional<Timestamp> now);

}  // namespace authzd
