// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// From the names that manifests call instances by to ids: Resource Controller is asked, and what it
// says is put into the revision.
#pragma once

#include "daemon/cycle/desired_loader.hpp"
#include "daemon/cycle/reading_context.hpp"
#include "reconciler/plan/instances.hpp"
#include "reconciler/report/wording.hpp"

#include <map>
#include <set>
#include <string>

namespace authzd {

/// A revision with ids, which its own digest tells: with other ids it is another one.
struct NamedRevision {
  SharedRevision good;                        // as loaded, where it calls no instance by name
  std::map<Key, Error> unresolved = {};       // grants to be left alone
  std::map<Key, FormerInstance> former = {};  // as NamedDesired has it
  KnownInstances known = {};                  // what its names stand for
  bool is_news = false;                       // the state does not know that yet
  RoleNames names = {};                       // of the instances, as instance_entry() has them
};

/// What makes a text show instances by their names.
RoleNames names_of(const KnownInstances& known);

/// What Resource Controller says of each name. Where there are many, all instances of the account
/// are listed in place of asking for each. Once a look-up has failed in a way that the next one
/// would, too, the other names are not asked for. Errors: cancelled.
Async<InstanceTable> look_up_instances(PolicyReader& reader, std::set<std::string> names);

/// Each name is looked up once; where there are many, all instances of the account are listed in
/// their place. Once a look-up has failed, the names behind it are not asked for in this cycle.
/// Errors: cancelled, and those of the state.
Async<NamedRevision> name_instances(ReadingContext context, SharedRevision good);

/// `good` with the ids that its names stood for last, as the state knows them, and nobody asked.
/// Null stays null. Errors: those of the state.
Result<SharedRevision> locate_instances(const AccountState& state, SharedRevision good);

}  // namespace authzd
