// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// PolicyReader over HTTP; and its instances by name, from the Resource Controller.
#pragma once

#include "daemon/iam/gateway.hpp"
#include "daemon/iam/policy_lister.hpp"
#include "daemon/iam/session.hpp"
#include "daemon/net/async.hpp"
#include "reconciler/model/instance.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace authzd {

/// Instances by name, from the Resource Controller: with the token, pace and retries of IAM's
/// calls.
class InstanceReader {
 public:
  explicit InstanceReader(std::shared_ptr<Session> session) : session_(std::move(session)) {}

  /// As PolicyReader::instances. Results are cached for 10 minutes, empty ones for 1.
  Async<std::vector<Instance>> find(std::string name);

 private:
  struct Found {
    std::vector<Instance> instances;
    TokenBucket::Time until;
  };

  Async<std::vector<Instance>> read(std::string name);

  std::shared_ptr<Session> session_;
  std::map<std::string, Found> found_;  // by name
};

class HttpPolicyReader final : public PolicyReader {
 public:
  HttpPolicyReader(std::shared_ptr<Session> session, const ListingOptions& options);

  Async<TokenIdentity> identity() override;
  Async<Listing> list() override { return lister_.list(); }
  Async<Versioned> get(PolicyId id) override;

  /// A table is cached for a day, an empty one for an hour: an unsupported pair may be supported
  /// soon, and a revision with thousands of such pairs must not request them in each cycle. If the
  /// endpoint has no look-up by source service, as private ones do not, only the roles of the
  /// target.
  Async<RoleTable> roles(RoleQuery pair) override;
  [[nodiscard]] std::optional<RoleTable> cached_roles(const RoleQuery& pair) const override;
  [[nodiscard]] std::vector<Role> known_roles() const override;
  Async<std::vector<Instance>> instances(std::string name) override {
    return instances_.find(std::move(name));
  }
  void forget_roles(const RoleQuery& pair) override { cached_.erase(pair); }

 private:
  struct CachedRoles {
    RoleTable table;
    TokenBucket::Time until;
  };

  std::shared_ptr<Session> session_;
  AccountId account_;
  PolicyLister lister_;
  InstanceReader instances_;
  Async<RoleTable> look_up(RoleQuery pair, bool with_source);
  void say_that_pairs_are_not_checked(const Error& why);

  std::map<RoleQuery, CachedRoles> cached_;
  bool is_source_refused_ = false;        // the endpoint had no look-up by source when last asked
  TokenBucket::Time ask_by_source_at_{};  // not again before
};

}  // namespace authzd
