// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/sandbox/store.hpp"

#include <algorithm>
#include <utility>

namespace authzd::sandbox {

std::string make_uuid(Randomness& random) {
  std::string hex = random.hex(32);
  hex[12] = '4';
  hex[16] = "89ab"[static_cast<unsigned char>(hex[16]) % 4U];
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20);
}

std::string make_etag(int generation, Randomness& random) {
  return std::to_string(generation) + "-" + random.hex(32);
}

bool Store::gone(const Policy& policy, Timestamp now) const {
  return policy.deleted &&
         now - policy.modified_at >= switches_.duration(Switch::deleted_retention);
}

const Policy* Store::find(const std::string& id, Timestamp now) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return nullptr;
  const Policy& policy = entries_.at(found->second).policy;
  return gone(policy, now) ? nullptr : &policy;
}

bool Store::lagging(Entry& entry, Timestamp now) const {
  const bool by_reads = entry.lag_reads > 0;
  if (by_reads) --entry.lag_reads;
  return by_reads || now < entry.lag_until;
}

std::optional<Policy> Store::read(const std::string& id, Timestamp now) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return std::nullopt;

  Entry& seen = entries_.at(found->second);
  if (lagging(seen, now)) return seen.before;
  if (gone(seen.policy, now)) return std::nullopt;
  return seen.policy;
}

std::vector<Policy> Store::read_all(const std::string& account, Timestamp now) {
  std::vector<Policy> policies;
  for (auto& [number, each] : entries_) {
    if (each.policy.account != account) continue;
    if (lagging(each, now)) {
      if (each.before) policies.push_back(*each.before);
    } else if (!gone(each.policy, now)) {
      policies.push_back(each.policy);
    }
  }
  return policies;
}

std::vector<Policy> Store::all() const {
  std::vector<Policy> policies;
  for (const auto& [number, each] : entries_) policies.push_back(each.policy);
  return policies;
}

const Policy* Store::duplicate_of(const std::string& account,
                                  const PolicyBody& body,
                                  const std::string& except,
                                  Timestamp now) const {
  const std::string key = account + duplicate_key(body);
  const auto found = active_.find(key);
  if (found != active_.end() && entries_.at(found->second).policy.id != except) {
    return &entries_.at(found->second).policy;
  }
  if (!switches_.is(Switch::deleted_blocks, "yes")) return nullptr;
  for (const auto& [number, each] : entries_) {
    if (each.key == key && each.policy.id != except && !gone(each.policy, now)) return &each.policy;
  }
  return nullptr;
}

std::size_t Store::active_in(const std::string& account) const {
  const auto count = std::count_if(entries_.begin(), entries_.end(), [&](const auto& each) {
    const Policy& policy = each.second.policy;
    return policy.account == account && !policy.deleted;
  });
  return static_cast<std::size_t>(count);
}

const Policy& Store::create(const std::string& account, PolicyBody body, const Stamp& stamp) {
  Policy policy;
  policy.account = account;
  policy.body = std::move(body);
  policy.created_at = policy.modified_at = stamp.at;
  policy.created_by = policy.modified_by = stamp.by;
  forget_gone(stamp.at);
  const Policy& added = add(std::move(policy));
  remember(entry(added.id), std::nullopt, stamp.at);
  return added;
}

const Policy& Store::add(Policy policy) {
  if (policy.id.empty()) policy.id = make_uuid(random_);
  if (policy.etag.empty()) policy.etag = make_etag(policy.generation, random_);
  const std::size_t number = next_number_++;
  Entry& added = entries_[number];
  added.policy = std::move(policy);
  by_id_[added.policy.id] = number;
  index(added, number);
  return added.policy;
}

const Policy& Store::replace(const std::string& id, PolicyBody body, const Stamp& stamp) {
  Entry& changed = entry(id);
  remember(changed, changed.policy, stamp.at);
  unindex(changed);
  changed.policy.body = std::move(body);
  touch(changed.policy, stamp);
  index(changed, by_id_.at(id));
  return changed.policy;
}

const Policy& Store::set_deleted(const std::string& id, bool deleted, const Stamp& stamp) {
  Entry& changed = entry(id);
  remember(changed, changed.policy, stamp.at);
  unindex(changed);
  changed.policy.deleted = deleted;
  if (deleted) changed.policy.last_permit_at.reset();  // iam-api §2.5: a delete forgets the use
  if (deleted) changed.policy.last_permit_frequency.reset();
  touch(changed.policy, stamp);
  index(changed, by_id_.at(id));
  return changed.policy;
}

const Policy& Store::set_template(const std::string& id, Json made_from, const Stamp& stamp) {
  Entry& changed = entry(id);
  remember(changed, changed.policy, stamp.at);
  changed.policy.made_from = std::move(made_from);
  touch(changed.policy, stamp);
  return changed.policy;
}

void Store::set_used(const std::string& id, Timestamp at) {
  Policy& policy = entry(id).policy;
  policy.last_permit_at = at;
  policy.last_permit_frequency = policy.last_permit_frequency.value_or(0) + 1;
}

void Store::clear() {
  entries_.clear();
  by_id_.clear();
  active_.clear();
}

/// A sandbox that runs for weeks keeps only what can still be read.
void Store::forget_gone(Timestamp now) {
  std::erase_if(entries_, [&](const auto& each) {
    const Entry& entry = each.second;
    const bool lags = entry.lag_reads > 0 || now < entry.lag_until;
    if (lags || !gone(entry.policy, now)) return false;
    by_id_.erase(entry.policy.id);
    return true;
  });
}

void Store::remember(Entry& entry, std::optional<Policy> before, Timestamp now) const {
  entry.before = std::move(before);
  entry.lag_reads = switches_.number(Switch::lag_reads);
  entry.lag_until = now + switches_.duration(Switch::lag_time);
}

void Store::touch(Policy& policy, const Stamp& stamp) const {
  policy.modified_at = stamp.at;
  policy.modified_by = stamp.by;
  policy.etag = make_etag(++policy.generation, random_);
}

void Store::index(Entry& entry, std::size_t number) {
  entry.key = entry.policy.account + duplicate_key(entry.policy.body);
  if (!entry.policy.deleted) active_[entry.key] = number;
}

void Store::unindex(const Entry& entry) {
  const auto found = active_.find(entry.key);
  if (found != active_.end() && entries_.at(found->second).policy.id == entry.policy.id) {
    active_.erase(found);
  }
}

}  // namespace authzd::sandbox
