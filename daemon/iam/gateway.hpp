// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// IAM as the rest of the daemon sees it, one account at a time. Reading and writing are different
// types: planning is only ever given a PolicyReader, so that it cannot write by construction.
#pragma once

#include "daemon/net/async.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/model/instance.hpp"
#include "reconciler/model/policy.hpp"
#include "reconciler/model/shared_policies.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace authzd {

/// A policy of the list that cannot be read whole. What of it can be read says whose it may be.
struct UnreadablePolicy {
  PolicyId id;
  std::optional<std::string> description;  // none: it cannot be read either
  IamId created_by;
  IamId last_modified_by;
  std::string problem;  // naming it
};

struct Listing {
  SharedPolicies policies;                        // active authorizations by id, each id once
  std::vector<UnreadablePolicy> unreadable = {};  // in IAM's order; they are not among `policies`
  std::optional<Timestamp> server_date;           // IAM's Date header
  bool has_last_permit = false;                   // IAM accepted format=include_last_permit
  std::size_t pages = 1;              // more than one: it may have changed while it was read
  std::chrono::milliseconds took{0};  // from the first request to the last page
  /// When the reply was asked for that had `server_date`; none: when the list was.
  std::optional<std::chrono::steady_clock::time_point> date_asked = {};
};

/// Who the token says we are, read from its claims (iam-api §7.5) and not verified: IAM does that.
struct TokenIdentity {
  IamId iam_id;
  AccountId account;  // account.bss
};

class PolicyReader {
 public:
  virtual ~PolicyReader() = default;

  /// Errors: unauthenticated, unavailable, timeout, bad_response (an undecodable token).
  virtual Async<TokenIdentity> identity() = 0;

  /// All pages. Errors: those of identity(), forbidden, bad_response (a page that repeats, a list
  /// that grows without end, JSON that is none). Never a part of the list, but for the policies
  /// that it names as unreadable.
  virtual Async<Listing> list() = 0;

  /// Errors: not_found, forbidden, and those of list(). A policy deleted recently is returned with
  /// state `deleted`, not as an error.
  virtual Async<Versioned> get(PolicyId id) = 0;

  /// Cached for 24 h a pair. An unsupported pair is an empty table, not an error.
  virtual Async<RoleTable> roles(RoleQuery pair) = 0;

  /// What roles() returns without asking anybody; none: it would ask.
  [[nodiscard]] virtual std::optional<RoleTable> cached_roles(const RoleQuery&) const {
    return std::nullopt;
  }

  /// The roles of all cached tables, those included whose time is over: to show what IAM called
  /// them. Asks nobody.
  [[nodiscard]] virtual std::vector<Role> known_roles() const { return {}; }

  /// The instances of the account that have this very name, of any service; empty: all of them. A
  /// caller sees those alone that it may view. Cached for some minutes. Errors: those of list(),
  /// and unavailable where nobody can be asked.
  virtual Async<std::vector<Instance>> instances(std::string name);

  /// Drops the cached table of a pair: IAM refused a role that came from it.
  virtual void forget_roles(const RoleQuery& pair) = 0;
};

/// What a write that was done came back with.
struct Written {
  Versioned stored;  // the policy and the ETag of the reply
  std::string transaction_id;
  bool was_there = false;  // of a create: IAM refused it and showed that it has just this policy
};

class PolicyWriter {
 public:
  virtual ~PolicyWriter() = default;

  /// POST. Where IAM refuses it because of a policy with the very same content, and shows that, it
  /// is done. Errors: conflict (detail.conflicts_with names the other policy), rejected,
  /// quota_exceeded, forbidden; `may_have_happened` where the reply was lost. Idempotent: no; never
  /// repeated blindly.
  virtual Async<Written> create(PolicyContent content) = 0;

  /// PUT with If-Match; `etag` must not be empty. What of `content` is in `layout` stands where and
  /// as it stands there. Errors: conflict (the ETag moved: 409 or 412, or 400 by way of
  /// `rejected`), not_found, and those of create.
  virtual Async<Written> replace(PolicyId id,
                                 PolicyContent content,
                                 Etag etag,
                                 PolicyLayout layout) = 0;

  /// DELETE; returns the transaction id. Errors: not_found, forbidden, and lost replies as above.
  virtual Async<std::string> remove(PolicyId id) = 0;

  /// PATCH {"state":"active"} with If-Match, on v1. Errors: as replace.
  virtual Async<Written> restore(PolicyId id, Etag etag) = 0;
};

}  // namespace authzd
