// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Resolves the instance names of manifests to ids, with the Resource Controller, and puts them into
// the revision.
#pragma once

#include "daemon/cycle/desired_loader.hpp"
#include "daemon/cycle/reading_context.hpp"
#include "reconciler/plan/instances.hpp"
#include "reconciler/report/wording.hpp"

#include <map>
#include <set>
#include <string>

namespace authzd {

/// A revision with ids. Its own digest covers them: with other ids it is a different revision.
struct NamedRevision {
  SharedRevision good;                        // as loaded, if it names no instance
  std::map<Key, Error> unresolved = {};       // grants to be left alone
  std::map<Key, FormerInstance> former = {};  // as in NamedDesired
  KnownInstances known = {};                  // the ids of its names
  bool is_news = false;                       // the state does not have them yet
  RoleNames names = {};                       // of the instances, as instance_entry() has them
};

/// For texts that show instances by their names.
RoleNames names_of(const KnownInstances& known);

/// The Resource Controller's answer for each name. If there are many names, all instances of the
/// account are listed instead. After a look-up that failed in a way that the next one would too,
/// the other names are not looked up. Errors: cancelled.
Async<InstanceTable> look_up_instances(PolicyReader& reader, std::set<std::string> names);

/// Each name is looked up once; if there are many, all instances of the account are listed instead.
/// After a failed look-up, the remaining names are not looked up in this cycle. Errors: cancelled,
/// and those of the state.
Async<NamedRevision> name_instances(ReadingContext context, SharedRevision good);

/// `good` with the last known ids of its names, from the state, without a request. Null remains
/// null. Errors: those of the state.
Result<SharedRevision> locate_instances(const AccountState& state, SharedRevision good);

}  // namespace authzd
