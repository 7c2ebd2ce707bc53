// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/instance_look_up.hpp"

#include "reconciler/base/digest.hpp"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace authzd {
namespace {

// Of more names than these the list of all instances is read: it comes in pages of a hundred.
constexpr std::size_t kMostAskedByName = 25;

/// Takes the place of GoodRevision::digest: keys are all that ids change.
SharedRevision with_ids(const GoodRevision& written, Desired desired) {
  Sha256 digest;
  digest.add(written.digest);
  for (const Grant& grant : desired.grants) {
    if (grant.source_instance || grant.target_instance) digest.add(grant.key.text());
  }
  return std::make_shared<const GoodRevision>(
      GoodRevision{written.revision, std::move(desired), std::move(digest).hex()});
}

Async<InstanceTable> look_up(ReadingContext context, std::set<std::string> names) {
  InstanceTable table;
  const bool asks_for_all = names.size() > kMostAskedByName;
  std::optional<Result<std::vector<Instance>>> for_all;
  for (const std::string& name : names) {
    if (for_all) {
      table.emplace(name, *for_all);
      continue;
    }
    std::string asked = asks_for_all ? std::string() : name;
    auto found = co_await context.reader.instances(std::move(asked));
    if (!found && found.error().code == ErrorCode::cancelled) co_return std::move(found).error();
    // What failed for one name fails for the next: the others do not wait for that once more each.
    if (asks_for_all || !found) for_all = found;
    table.emplace(name, std::move(found));
  }
  co_return table;
}

}  // namespace

RoleNames names_of(const KnownInstances& known) {
  RoleNames names;
  for (const auto& [instance, ids] : known) {
    names.insert(instance_entry(instance.service, ids.id, instance.name));
    if (ids.before.empty()) continue;
    names.insert(instance_entry(instance.service, ids.before, instance.name));
  }
  return names;
}

Async<NamedRevision> name_instances(ReadingContext context, SharedRevision good) {
  NamedRevision named;
  named.good = good;
  std::set<std::string> names = names_to_look_up(good->desired);
  auto last = context.state.instances.known();
  if (!last) co_return std::move(last).error();
  if (names.empty()) {
    named.is_news = !last->empty();
    co_return named;
  }
  auto table = co_await look_up(context, std::move(names));
  if (!table) co_return std::move(table).error();
  NamedDesired resolved = resolve_instances(good->desired, *table, *last);
  named.names = names_of(resolved.known);
  named.is_news = resolved.known != *last;
  named.known = std::move(resolved.known);
  named.good = with_ids(*good, std::move(resolved.desired));
  named.unresolved = std::move(resolved.unresolved);
  named.former = std::move(resolved.former);
  co_return named;
}

Result<SharedRevision> locate_instances(const AccountState& state, SharedRevision good) {
  if (good == nullptr || names_to_look_up(good->desired).empty()) return good;
  const auto last = state.instances.known();
  if (!last) return last.error();
  return with_ids(*good, locate_instances(good->desired, *last));
}

}  // namespace authzd
