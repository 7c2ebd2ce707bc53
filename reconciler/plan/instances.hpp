// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Translates the instance names in manifests to the ids that IAM compares: returns the names to
// look up, takes the results, and returns grants with ids. The look-up itself is elsewhere.
#pragma once

#include "reconciler/base/error.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/model/desired.hpp"
#include "reconciler/model/instance.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace authzd {

/// The names to look up, without their services.
std::set<std::string> names_to_look_up(const Desired& desired);

/// The look-up result of each name. It may contain instances of other names, services and accounts.
using InstanceTable = std::map<std::string, Result<std::vector<Instance>>, std::less<>>;

/// The instance of that name. Errors: not_found; conflict if there are two, even if others made
/// them; the error of the look-up.
Result<std::string> find_instance(const InstanceName& wanted,
                                  const AccountId& account,
                                  const InstanceTable& table);

/// The ids of a grant while its name referred to another instance.
struct FormerInstance {
  InstanceName instance;
  KnownInstance ids;  // now, and before
  std::string name;   // of the authorization
  SourcePos position;
};

struct NamedDesired {
  Desired desired;  // with ids, as far as they are known
  /// Grants to leave alone, by key, and why. They have the previous ids, or none.
  std::map<Key, Error> unresolved = {};
  KnownInstances known = {};                  // of the names in `desired`; the next call's `last`
  std::map<Key, FormerInstance> former = {};  // by the key that the grant had
};

/// `written`: as loaded. `last`: the previous ids of the names. A name that was not found keeps its
/// previous id, so that its policy is found and left alone. If two grants get the same key, it
/// belongs to the one with an id, else to the first by name; the other is unresolved:
/// invalid_manifest.
NamedDesired resolve_instances(const Desired& written,
                               const InstanceTable& table,
                               const KnownInstances& last);

/// Two grants that would have one policy.
struct SameGrant {
  const Grant* grant = nullptr;
  const Grant* other = nullptr;
};

/// Those of `written` that have the same source and target once their instance names have the ids
/// of `known`; a name without an id makes no two grants the same. They point into `written`.
std::vector<SameGrant> same_grants(const Desired& written, const KnownInstances& known);

/// `written` with the previous ids, without any look-up.
Desired locate_instances(const Desired& written, const KnownInstances& last);

}  // namespace authzd
