// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/instances.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace authzd {
namespace {

bool is_named(const Grant& grant) {
  return grant.source_instance || grant.target_instance;
}

bool fits(const Instance& found, const InstanceName& wanted, const AccountId& account) {
  return found.name == wanted.name && found.service == wanted.service && found.account == account &&
         (wanted.region.empty() || found.region == wanted.region) &&
         (wanted.resource_group.empty() || found.resource_group == wanted.resource_group);
}

std::string place_of(const Instance& instance) {
  std::string text = quote_value(instance.id);
  if (!instance.region.empty()) text += " in " + quote_value(instance.region);
  if (!instance.resource_group.empty()) {
    text += ", resource group " + quote_value(instance.resource_group);
  }
  return text;
}

/// Describes two of the instances, or the first ones of more, so that a person can tell them apart.
Error ambiguous(const InstanceName& wanted, const std::vector<const Instance*>& found) {
  constexpr std::size_t kMostShown = 5;
  std::vector<std::string> places;
  for (const Instance* one : found) {
    if (places.size() < kMostShown) places.push_back(place_of(*one));
  }
  const std::string more = found.size() > kMostShown ? "; …" : "";
  return {ErrorCode::conflict,
          std::to_string(found.size()) + " are called " + to_string(wanted) + ": " +
              join(places, "; ") + more +
              ". Write the id of the one that is meant, or add its region or resourceGroup"};
}

/// Other instances in the reply with that name, or a similar one.
std::string hint_of(const InstanceName& wanted,
                    const AccountId& account,
                    const std::vector<Instance>& found) {
  std::vector<std::string_view> near;
  for (const Instance& one : found) {
    if (one.account != account || one.service.empty()) continue;
    if (one.name == wanted.name && one.service == wanted.service) {
      return one.is_gone ? "; the one that had that name is being deleted: " + place_of(one)
                         : "; one of that name is " + place_of(one);
    }
    if (one.name == wanted.name) {
      return "; one of that name is of the service " + quote_value(one.service) + ": " +
             place_of(one);
    }
    if (one.service == wanted.service && !one.is_gone) near.push_back(one.name);
  }
  const auto meant = did_you_mean(wanted.name, near);
  return meant ? "; did you mean " + quote(*meant) + "?" : "";
}

Error none(const InstanceName& wanted,
           const AccountId& account,
           const std::vector<Instance>& found) {
  return {ErrorCode::not_found,
          "account " + account.value + " shows no " + to_string(wanted) +
              hint_of(wanted, account, found) + ". A key sees only the instances that it may view"};
}

/// A side of a grant whose instance is given by name.
struct NamedSide {
  const InstanceName* instance = nullptr;
  AttributeSet* attributes = nullptr;
};

std::array<NamedSide, 2> sides_of(Grant& grant) {
  return {NamedSide{grant.source_instance ? &*grant.source_instance : nullptr, &grant.subject},
          NamedSide{grant.target_instance ? &*grant.target_instance : nullptr, &grant.resource}};
}

/// A look-up changes keys and attributes of grants, and nothing else of what is desired.
Desired without_grants(const Desired& written) {
  return {written.account, {}, written.assertions};
}

class Resolver {
 public:
  Resolver(const Desired& written, const InstanceTable& table, const KnownInstances& last)
      : written_(written), table_(table), last_(last) {
    out_.desired = without_grants(written);
    out_.desired.grants.reserve(written.grants.size());
  }

  NamedDesired run() && {
    std::vector<const Grant*> named;
    for (const Grant& grant : written_.grants) {
      if (is_named(grant)) {
        named.push_back(&grant);
      } else {
        place(grant);
      }
    }
    // They are sorted by their old key, not by their new one.
    std::ranges::stable_sort(named, {}, [](const Grant* grant) {
      return std::tie(grant->name, grant->position.line, grant->position.column);
    });
    std::vector<std::pair<const Grant*, Error>> failed;
    for (const Grant* grant : named) {
      if (auto error = resolve(*grant)) failed.emplace_back(grant, std::move(*error));
    }
    for (auto& [grant, error] : failed) leave(*grant, std::move(error));
    std::ranges::sort(out_.desired.grants, {}, &Grant::key);
    return std::move(out_);
  }

 private:
  void place(Grant grant) {
    taken_.emplace(grant.key.text(), Holder{grant.name, grant.position});
    out_.desired.grants.push_back(std::move(grant));
  }

  /// An error if the grant must be left alone.
  std::optional<Error> resolve(const Grant& written) {
    Grant grant = written;
    std::optional<Error> error;
    for (const NamedSide& side : sides_of(grant)) {
      if (side.instance == nullptr) continue;
      auto id = find_instance(*side.instance, written_.account, table_);
      if (id) {
        remember(*side.instance, *id);
        *side.attributes = with_instance(*side.attributes, *id);
      } else {
        keep(*side.instance);
        if (!error) error = std::move(id).error();
      }
    }
    if (error) return error;
    grant.key = Key(written_.account, grant.subject, grant.resource);
    if (const auto holder = taken_.find(grant.key.text()); holder != taken_.end()) {
      return Error{ErrorCode::invalid_manifest,
                   "with the ids of its instances this source and target are already granted in " +
                       quote(holder->second.name) + " at " +
                       printable(to_string(holder->second.position)) +
                       ": IAM holds one policy for them; put all roles into one of the two"};
    }
    note_former(written);
    place(std::move(grant));
    return std::nullopt;
  }

  void remember(const InstanceName& instance, const std::string& id) {
    KnownInstance known{id};
    if (const auto last = last_.find(instance); last != last_.end()) {
      known.before = last->second.id == id ? last->second.before : last->second.id;
    }
    out_.known.insert_or_assign(instance, std::move(known));
  }

  void keep(const InstanceName& instance) {
    const auto last = last_.find(instance);
    if (last != last_.end()) out_.known.insert(*last);
  }

  /// Records the previous key, if an instance name refers to another instance now.
  void note_former(const Grant& written) {
    Grant former = written;
    const FormerInstance* changed = nullptr;
    FormerInstance found;
    for (const NamedSide& side : sides_of(former)) {
      if (side.instance == nullptr) continue;
      const KnownInstance& ids = out_.known.at(*side.instance);
      *side.attributes = with_instance(*side.attributes, ids.before.empty() ? ids.id : ids.before);
      if (ids.before.empty() || changed != nullptr) continue;
      found = {*side.instance, ids, written.name, written.position};
      changed = &found;
    }
    if (changed == nullptr) return;
    out_.former.emplace(Key(written_.account, former.subject, former.resource), std::move(found));
  }

  /// Keeps the grant at its previous key, unless another grant has it.
  void leave(const Grant& written, Error error) {
    Grant grant = written;
    bool is_located = true;
    for (const NamedSide& side : sides_of(grant)) {
      if (side.instance == nullptr) continue;
      const auto known = out_.known.find(*side.instance);
      is_located = is_located && known != out_.known.end();
      if (is_located) *side.attributes = with_instance(*side.attributes, known->second.id);
    }
    grant.key = Key(written_.account, grant.subject, grant.resource);
    if (!is_located || taken_.contains(grant.key.text())) grant = written;
    out_.unresolved.emplace(grant.key, std::move(error));
    place(std::move(grant));
  }

  struct Holder {
    std::string name;
    SourcePos position;
  };

  const Desired& written_;
  const InstanceTable& table_;
  const KnownInstances& last_;
  std::unordered_map<std::string, Holder> taken_;
  NamedDesired out_;
};

}  // namespace

std::set<std::string> names_to_look_up(const Desired& desired) {
  std::set<std::string> names;
  for (const Grant& grant : desired.grants) {
    if (grant.source_instance) names.insert(grant.source_instance->name);
    if (grant.target_instance) names.insert(grant.target_instance->name);
  }
  return names;
}

Result<std::string> find_instance(const InstanceName& wanted,
                                  const AccountId& account,
                                  const InstanceTable& table) {
  const auto looked_up = table.find(wanted.name);
  if (looked_up == table.end()) {
    return Error{ErrorCode::not_found, to_string(wanted) + " was not looked up"};
  }
  if (!looked_up->second) {
    Error error = looked_up->second.error();
    return std::move(error).context("looking up " + to_string(wanted));
  }
  std::vector<const Instance*> found;
  for (const Instance& one : *looked_up->second) {
    if (one.service.empty() && one.name == wanted.name) {
      return Error{ErrorCode::bad_response,
                   "whether it is " + to_string(wanted) +
                       " that is called so cannot be told: Resource Controller shows one of that "
                       "name without a CRN that can be read. Write its id"};
    }
    // A page that shifts while the list is read shows one twice.
    const auto is_it = [&one](const Instance* other) { return other->id == one.id; };
    const bool is_new = std::ranges::none_of(found, is_it);
    if (fits(one, wanted, account) && !one.is_gone && is_new) found.push_back(&one);
  }
  if (found.size() > 1) return ambiguous(wanted, found);
  if (found.empty()) return none(wanted, account, *looked_up->second);
  return found.front()->id;
}

std::vector<SameGrant> same_grants(const Desired& written, const KnownInstances& known) {
  std::unordered_map<std::string, const Grant*> holders;
  for (const Grant& grant : written.grants) {
    if (!is_named(grant)) holders.emplace(grant.key.text(), &grant);
  }
  std::vector<SameGrant> same;
  for (const Grant& named : written.grants) {
    if (!is_named(named)) continue;
    Grant grant = named;
    for (const NamedSide& side : sides_of(grant)) {
      if (side.instance == nullptr) continue;
      const auto id = known.find(*side.instance);
      if (id != known.end()) *side.attributes = with_instance(*side.attributes, id->second.id);
    }
    const Key key(written.account, grant.subject, grant.resource);
    const auto [holder, is_new] = holders.emplace(key.text(), &named);
    if (!is_new) same.push_back({&named, holder->second});
  }
  return same;
}

NamedDesired resolve_instances(const Desired& written,
                               const InstanceTable& table,
                               const KnownInstances& last) {
  return Resolver(written, table, last).run();
}

Desired locate_instances(const Desired& written, const KnownInstances& last) {
  return resolve_instances(written, {}, last).desired;
}

}  // namespace authzd
