// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The policies, for both v1 and v2. Deleted ones are kept for a while and can be restored. Reads
// may lag behind writes, as with IAM's replicas; writes always use the current data.
#pragma once

#include "daemon/net/clock.hpp"
#include "daemon/sandbox/policy.hpp"
#include "daemon/sandbox/switches.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace authzd::sandbox {

/// Who makes a change, and when.
struct Stamp {
  std::string by;
  Timestamp at;
};

class Store {
 public:
  Store(const Switches& switches, Randomness& random) : switches_(switches), random_(random) {}

  /// The current data. Null if it never existed, or is past its retention.
  const Policy* find(const std::string& id, Timestamp now) const;

  /// What a reader gets, which may lag; each call counts as one read.
  std::optional<Policy> read(const std::string& id, Timestamp now);

  /// Every policy of an account as a reader gets it, oldest first, deleted ones too.
  std::vector<Policy> read_all(const std::string& account, Timestamp now);
  [[nodiscard]] std::vector<Policy> all() const;

  /// The policy that conflicts with `body`, other than `except`.
  const Policy* duplicate_of(const std::string& account,
                             const PolicyBody& body,
                             const std::string& except,
                             Timestamp now) const;
  [[nodiscard]] std::size_t active_in(const std::string& account) const;

  const Policy& create(const std::string& account, PolicyBody body, const Stamp& stamp);
  /// Adds one unchanged (a seed's); an empty id or ETag is generated.
  const Policy& add(Policy policy);
  const Policy& replace(const std::string& id, PolicyBody body, const Stamp& stamp);
  const Policy& set_deleted(const std::string& id, bool deleted, const Stamp& stamp);
  /// Makes it a policy of an enterprise template; null removes it from its template.
  const Policy& set_template(const std::string& id, Json made_from, const Stamp& stamp);
  void set_used(const std::string& id, Timestamp at);  // without a change of the policy
  void clear();

 private:
  struct Entry {
    Policy policy;
    std::string key;               // account and duplicate key
    std::optional<Policy> before;  // for lagging reads; empty: it did not exist
    int lag_reads = 0;
    Timestamp lag_until{};
  };

  Entry& entry(const std::string& id) { return entries_.at(by_id_.at(id)); }
  void forget_gone(Timestamp now);
  bool gone(const Policy& policy, Timestamp now) const;
  bool lagging(Entry& entry, Timestamp now) const;
  void remember(Entry& entry, std::optional<Policy> before, Timestamp now) const;
  void touch(Policy& policy, const Stamp& stamp) const;
  void index(Entry& entry, std::size_t number);
  void unindex(const Entry& entry);

  const Switches& switches_;
  Randomness& random_;
  std::map<std::size_t, Entry> entries_;  // by number, in the order of creation
  std::size_t next_number_ = 0;
  std::map<std::string, std::size_t> by_id_;
  std::map<std::string, std::size_t> active_;  // by key
};

/// A random UUID of version 4.
std::string make_uuid(Randomness& random);

/// "<generation>-<32 hex>", unquoted (iam-api §1).
std::string make_etag(int generation, Randomness& random);

}  // namespace authzd::sandbox
