// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// From the names that manifests call instances by to the ids that IAM compares: a list of names
// out, what a look-up found of them in, and grants with ids out. Who looks them up is elsewhere.
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

/// The names, without their services: what is to be looked up.
std::set<std::string> names_to_look_up(const Desired& desired);

/// What a look-up found of each name. It may hold instances of other names, services and accounts.
using InstanceTable = std::map<std::string, Result<std::vector<Instance>>, std::less<>>;

/// The one that is called that. Errors: not_found; conflict where two are, whoever made them; that
/// of the look-up.
Result<std::string> find_instance(const InstanceName& wanted,
                                  const AccountId& account,
                                  const InstanceTable& table);

/// What a grant had while its name stood for another instance.
struct FormerInstance {
  InstanceName instance;
  KnownInstance ids;  // now, and before
  std::string name;   // of the authorization
  SourcePos position;
};

struct NamedDesired {
  Desired desired;  // with ids, as far as they are known
  /// Grants to be left alone, by key, and why. Their ids are those of last time, or none.
  std::map<Key, Error> unresolved = {};
  KnownInstances known = {};  // of the names in `desired`: what to take for `last` next time
  std::map<Key, FormerInstance> former = {};  // by the key that the grant had
};

/// `written`: as loaded. `last`: what the names stood for last. A name that was not found keeps
/// that, so that its policy is found and left alone. Where two grants come to the same key, the one
/// that names an id, else the first by name, has it; the other one is unresolved: invalid_manifest.
NamedDesired resolve_instances(const Desired& written,
                               const InstanceTable& table,
                               const KnownInstances& last);

/// `written` with the ids of last time, and nothing looked up.
Desired locate_instances(const Desired& written, const KnownInstances& last);

}  // namespace authzd
