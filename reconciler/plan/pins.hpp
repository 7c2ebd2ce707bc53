// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Pins: keys that an undo changed. A pinned key is left alone until its desired grant differs from
// the one at the time of the pin: changed, added, or removed (design §6). Undo computes the digest,
// the planner compares it, and the owner of the pins drops those that ended. Only what manifests
// say counts: if an instance name refers to another instance, or to none, the key and its grant,
// wherever that is now, stay pinned.
#pragma once

#include "reconciler/model/desired.hpp"
#include "reconciler/model/key.hpp"

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// Key → digest of its desired grant when it was pinned.
using Pins = std::map<Key, std::string>;

/// 64 hex digits over everything that a manifest says about the grant, without its position and
/// labels. An instance that it gives by name counts as that name. Time does not change it: only a
/// person who changes a manifest ends a pin, not an end (expiresAt) that comes, and not a clock in
/// doubt.
std::string grant_digest(const Grant& grant);

/// The digests of the desired grants at these keys; for a key without a grant one of which
/// is_of_no_grant() is true. That one lists the grants that may get the key by a look-up alone.
Pins desired_digests(const Desired& desired, const std::set<Key>& keys);

bool is_of_no_grant(std::string_view digest);

/// What pins hold still.
struct PinnedParts {
  std::set<Key> keys = {};             // pinned, or of a pinned grant
  std::set<const Grant*> grants = {};  // at any key
  std::vector<Key> ended = {};         // the pins that have ended
};

/// `grants`: the desired ones; no two have the same key.
PinnedParts pinned_parts(const Pins& pins, std::span<const Grant* const> grants);

/// The pins that have ended, by key.
std::vector<Key> ended_pins(const Pins& pins, const Desired& desired);

}  // namespace authzd
