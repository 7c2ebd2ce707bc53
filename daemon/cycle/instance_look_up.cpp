// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/instance_look_up.hpp"

#include "reconciler/base/digest.hpp"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace authzd {
namespace {

// For more names than these all instances are listed: the list has pages of a hundred.
constexpr std::size_t kMostAskedByName = 25;

/// Replaces GoodRevision::digest: keys are all that ids change.
SharedRevision with_ids(const GoodRevision& written, Desired desired) {
  Sha256 digest;
  digest.add(written.digest);
  for (const Grant& grant : desired.grants) {
    if (grant.source_instance || grant.target_instance) digest.add(grant.key.text());
  }
  GoodRevision named{written.revision, std::move(desired), std::move(digest).hex()};
  named.lost_assertions = written.lost_assertions;
  named.located = written.located;
  named.commit = written.commit;
  named.narrows = written.narrows;
  return std::make_shared<const GoodRevision>(std::move(named));
}

/// Whether the look-up of the next name would fail in the same way: it is then not tried. A refusal
/// concerns one name only.
bool fails_for_all(const Error& error) {
  return error.code != ErrorCode::rejected && error.code != ErrorCode::not_found;
}

/// The instances of each name, from the list of all instances.
InstanceTable sorted_by_name(const std::set<std::string>& names, std::vector<Instance> all) {
  InstanceTable table;
  for (const std::string& name : names) table.emplace(name, std::vector<Instance>());
  for (Instance& one : all) {
    const auto found = table.find(one.name);
    if (found != table.end()) found->second->push_back(std::move(one));
  }
  return table;
}

InstanceTable failed_alike(const std::set<std::string>& names, const Error& error) {
  InstanceTable table;
  for (const std::string& name : names) table.emplace(name, error);
  return table;
}

struct LastKnown {
  KnownInstances kept;  // in the state
  KnownInstances all;   // plus those that were located when the revision was accepted
};

Result<LastKnown> last_known(const AccountState& state, const GoodRevision& good) {
  auto kept = state.instances.known();
  if (!kept) return std::move(kept).error();
  LastKnown last{*kept, std::move(*kept)};
  last.all.insert(good.located.begin(), good.located.end());
  return last;
}

}  // namespace

Async<InstanceTable> look_up_instances(PolicyReader& reader,  // coroutine-ref: the awaiter's
                                       std::set<std::string> names) {
  if (names.size() > kMostAskedByName) {
    auto all = co_await reader.instances({});
    if (all) co_return sorted_by_name(names, std::move(*all));
    if (all.error().code == ErrorCode::cancelled) co_return std::move(all).error();
    co_return failed_alike(names, all.error());
  }
  InstanceTable table;
  std::optional<Error> for_all;
  for (const std::string& name : names) {
    if (for_all) {
      table.emplace(name, *for_all);
      continue;
    }
    std::string asked = name;
    auto found = co_await reader.instances(std::move(asked));
    if (!found && found.error().code == ErrorCode::cancelled) co_return std::move(found).error();
    if (!found && fails_for_all(found.error())) for_all = found.error();
    table.emplace(name, std::move(found));
  }
  co_return table;
}

RoleNames names_of(const KnownInstances& known) {
  RoleNames names;
  for (const auto& [instance, ids] : known) {
    names.insert(instance_entry(instance.service, ids.id, instance.name));
  }
  // Last, so that an id that now has another name is shown with that one.
  for (const auto& [instance, ids] : known) {
    if (ids.before.empty()) continue;
    names.insert(instance_entry(instance.service, ids.before, instance.name));
  }
  return names;
}

Async<NamedRevision> name_instances(ReadingContext context, SharedRevision good) {
  NamedRevision named;
  named.good = good;
  std::set<std::string> names = names_to_look_up(good->desired);
  auto last = last_known(context.state, *good);
  if (!last) co_return std::move(last).error();
  if (names.empty()) {
    named.is_news = !last->kept.empty();
    co_return named;
  }
  auto table = co_await look_up_instances(context.reader, std::move(names));
  if (!table) co_return std::move(table).error();
  NamedDesired resolved = resolve_instances(good->desired, *table, last->all);
  named.names = names_of(resolved.known);
  named.is_news = resolved.known != last->kept;
  named.known = std::move(resolved.known);
  named.good = with_ids(*good, std::move(resolved.desired));
  named.unresolved = std::move(resolved.unresolved);
  named.former = std::move(resolved.former);
  co_return named;
}

Result<SharedRevision> locate_instances(const AccountState& state, SharedRevision good) {
  if (good == nullptr || names_to_look_up(good->desired).empty()) return good;
  const auto last = last_known(state, *good);
  if (!last) return last.error();
  return with_ids(*good, locate_instances(good->desired, last->all));
}

}  // namespace authzd
