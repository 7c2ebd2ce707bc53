// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Which grants of an authorization IAM has as wanted, and since when: for those who wait for
// access. The owner of the policies does not matter.
#pragma once

#include "reconciler/base/trusted_time.hpp"
#include "reconciler/plan/planner.hpp"
#include "reconciler/report/wording.hpp"

#include <chrono>
#include <span>
#include <string>
#include <vector>

namespace authzd {

enum class Standing {
  granted,     // a policy has the grant's source and target, and its roles
  missing,     // no policy has its source and target
  differs,     // one does, with other roles, or with parts that a grant cannot have
  unresolved,  // its roles could not be looked up
};
std::string_view to_string(Standing standing);  // "granted", …

struct GrantStanding {
  std::string name;  // of the authorization
  std::string what;  // "server-protect → kms (instance 5104…) : Reader"
  Standing standing = Standing::missing;
  PolicyId policy = {};         // that has its source and target
  std::string changed_at = {};  // its last change, as IAM wrote it

  bool operator==(const GrantStanding&) const = default;
};

/// For the authorizations of these names (empty: all), in the order of `desired`.
std::vector<GrantStanding> standings_of(const AccountId& account,
                                        std::span<const ResolvedGrant> desired,
                                        std::span<const Observed> observed,
                                        const AuthorizationNames& names,
                                        const RoleNames& role_names);

/// The progress of the grants of one or more authorizations.
struct Progress {
  bool is_granted = false;  // all of them
  bool is_settled = false;  // and none was changed within `settle`, by IAM's time
  /// When they will have settled, without further changes: set if granted but not settled.
  std::optional<Timestamp> settles_at = {};

  bool operator==(const Progress&) const = default;
};
Progress progress_of(std::span<const GrantStanding> grants,
                     const TrustedTime& time,
                     std::chrono::milliseconds settle);

/// Why they are not granted, one line each: "missing: server-protect → kms : Reader".
std::vector<std::string> lacks_of(std::span<const GrantStanding> grants);

/// For one authorization in one account.
struct NamedStanding {
  AccountId account;
  std::string account_name;
  std::string name;
  std::vector<GrantStanding> grants;
  Progress progress;
  std::vector<std::string> held_by = {};  // hashes of the holds that its actions wait for
};

/// {"formatVersion", "name", "accounts": [{…, "granted", "settled", "settlesAt", "grants"}]}.
std::string standing_json(const std::string& name, std::span<const NamedStanding> accounts);

}  // namespace authzd
