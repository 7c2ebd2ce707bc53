// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Pins: keys that an undo touched. Each is left alone until its own desired grant is another than
// when it was pinned: changed, appeared, or gone (design §6). Whoever undoes asks for the digest;
// the planner compares it; whoever keeps pins asks which are over, and drops those.
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

/// The digest of a key that no grant wants.
inline constexpr std::string_view kNoGrant = "absent";

/// Key → digest of its desired grant when it was pinned.
using Pins = std::map<Key, std::string>;

/// 64 hex digits over all that a manifest says of the grant; where it was written and the labels
/// are left out. kNoGrant for none, and for one whose expiresAt has come by `now` (none: the clock
/// is not to be trusted, and nothing counts as expired).
std::string grant_digest(const Grant* grant, std::optional<Timestamp> now);

/// The same for each of these keys, whatever grant has it.
Pins desired_digests(const Desired& desired,
                     const std::set<Key>& keys,
                     std::optional<Timestamp> now);

/// The pins that no longer hold, by key.
std::vector<Key> ended_pins(const Pins& pins, const Desired& desired, std::optional<Timestamp> now);

}  // namespace authzd
