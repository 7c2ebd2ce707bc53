// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// IAM for the rest of the daemon, one account at a time. Reading and writing are different types:
// planning only gets a PolicyReader, so that it cannot write by construction.
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

/// A policy of the list that cannot be decoded. Its readable parts show whose it may be.
struct UnreadablePolicy {
  PolicyId id;
  std::optional<std::string> description;  // none: it is unreadable, too
  IamId created_by;
  IamId last_modified_by;
  std::string problem;  // with the policy's name
};

struct Listing {
  SharedPolicies policies;                        // active authorizations by id, each id once
  std::vector<UnreadablePolicy> unreadable = {};  // in IAM's order; not among `policies`
  std::optional<Timestamp> server_date;           // IAM's Date header
  bool has_last_permit = false;                   // IAM accepted format=include_last_permit
  std::size_t pages = 1;                          // more than one: it may have changed meanwhile
  std::chrono::milliseconds took{0};              // from the first request to the last page
  /// When the request with `server_date` was sent; none: when the list was requested.
  std::optional<std::chrono::steady_clock::time_point> date_asked = {};
};

/// Our identity by the claims of the token (iam-api §7.5), unverified: IAM does that.
struct TokenIdentity {
  IamId iam_id;
  AccountId account;  // account.bss
};

class PolicyReader {
 public:
  virtual ~PolicyReader() = default;

  /// Errors: unauthenticated, unavailable, timeout, bad_response (an undecodable token).
  virtual Async<TokenIdentity> identity() = 0;

  /// All pages. Errors: those of identity(), forbidden, bad_response (a repeated page, an endless
  /// list, invalid JSON). Never a part of the list, except for the policies that it reports as
  /// unreadable.
  virtual Async<Listing> list() = 0;

  /// Errors: not_found, forbidden, and those of list(). A policy deleted recently is returned with
  /// state `deleted`, not as an error.
  virtual Async<Versioned> get(PolicyId id) = 0;

  /// Cached for 24 h per pair. An unsupported pair is an empty table, not an error.
  virtual Async<RoleTable> roles(RoleQuery pair) = 0;

  /// What roles() would return from its cache; none: it would send a request.
  [[nodiscard]] virtual std::optional<RoleTable> cached_roles(const RoleQuery&) const {
    return std::nullopt;
  }

  /// The roles of all cached tables, including expired ones: to show IAM's names for them. Sends
  /// nothing.
  [[nodiscard]] virtual std::vector<Role> known_roles() const { return {}; }

  /// The instances of the account with this exact name, of any service; empty: all of them. Only
  /// those that the caller may view. Cached for some minutes. Errors: those of list(), and
  /// unavailable if there is no service to ask.
  virtual Async<std::vector<Instance>> instances(std::string name);

  /// Drops the cached table of a pair: IAM refused one of its roles.
  virtual void forget_roles(const RoleQuery& pair) = 0;
};

/// The result of a completed write.
struct Written {
  Versioned stored;  // the policy, with the ETag of the reply
  std::string transaction_id;
  bool was_there = false;  // of a create: IAM refused it and showed that it already has this policy
};

class PolicyWriter {
 public:
  virtual ~PolicyWriter() = default;

  /// POST. If IAM refuses it because of a policy with exactly the same content, and shows that, it
  /// succeeds. Errors: conflict (detail.conflicts_with names the other policy), rejected,
  /// quota_exceeded, forbidden; `may_have_happened` if the reply was lost. Idempotent: no; never
  /// repeated blindly.
  virtual Async<Written> create(PolicyContent content) = 0;

  /// PUT with If-Match; `etag` must not be empty. The parts of `content` that are in `layout` keep
  /// its order and spelling. Errors: conflict (the ETag changed: 409 or 412, or 400 by way of
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
