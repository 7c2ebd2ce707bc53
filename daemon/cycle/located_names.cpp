// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/located_names.hpp"

#include "daemon/cycle/instance_look_up.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/plan/instances.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>

namespace authzd {
namespace {

using Places = std::map<InstanceName, SourcePos>;  // of the first grant that has the name

Places places_of(const Desired& desired) {
  Places places;
  for (const Grant& grant : desired.grants) {
    for (const auto* name : {&grant.source_instance, &grant.target_instance}) {
      if (!*name) continue;
      const auto [place, is_new] = places.emplace(**name, grant.position);
      if (!is_new && grant.position < place->second) place->second = grant.position;
    }
  }
  return places;
}

/// The manifest, or the account, has to change; otherwise the look-up itself failed.
bool is_fault_of_name(ErrorCode code) {
  return code == ErrorCode::not_found || code == ErrorCode::conflict || code == ErrorCode::rejected;
}

Diagnostic fault_at(const SourcePos& position, const Error& error) {
  Diagnostic fault;
  fault.position = position;
  fault.message = printable(error.message);
  return fault;
}

Diagnostic fault_of(const SameGrant& same) {
  Diagnostic fault;
  fault.position = same.grant->position;
  fault.message = "with the ids of its instances this source and target are already granted in " +
                  quote(same.other->name) + " at " + printable(to_string(same.other->position)) +
                  ": IAM holds one policy for them";
  fault.hint = "put all roles into one of the two";
  return fault;
}

}  // namespace

Async<LocatedNames> locate_names(PolicyReader& reader,  // coroutine-ref: the awaiter's
                                 Desired desired,
                                 KnownInstances last) {
  LocatedNames names;
  const Places places = places_of(desired);
  std::set<std::string> unknown;
  for (const auto& [name, position] : places) {
    if (!last.contains(name)) unknown.insert(name.name);
  }
  auto table = co_await look_up_instances(reader, std::move(unknown));
  if (!table) co_return std::move(table).error();
  for (const auto& [name, position] : places) {
    if (last.contains(name)) continue;
    auto id = find_instance(name, desired.account, *table);
    if (id) {
      names.located.emplace(name, KnownInstance{std::move(*id)});
    } else if (is_fault_of_name(id.error().code)) {
      names.faults.push_back(fault_at(position, id.error()));
    } else if (!names.failure) {
      names.failure = std::move(id).error();
    }
  }
  last.insert(names.located.begin(), names.located.end());
  for (const SameGrant& same : same_grants(desired, last)) names.faults.push_back(fault_of(same));
  sort_diagnostics(names.faults);
  co_return names;
}

}  // namespace authzd
