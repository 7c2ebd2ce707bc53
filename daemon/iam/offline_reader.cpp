// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/offline_reader.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <utility>

namespace authzd {

// For every reader without a service to ask.
Async<std::vector<Instance>> PolicyReader::instances(std::string) {
  co_return Error{ErrorCode::unavailable,
                  "names of instances can only be looked up at IBM Cloud; write the id, or plan "
                  "with a key of the account"};
}

OfflineReader::OfflineReader(SavedList list, AccountId account)
    : list_(std::move(list)), account_(std::move(account)) {}

Async<TokenIdentity> OfflineReader::identity() {
  TokenIdentity identity;
  identity.account = account_;
  co_return identity;
}

Async<Listing> OfflineReader::list() {
  Listing listing;
  listing.policies = list_.policies;
  listing.has_last_permit = std::ranges::any_of(
      list_.policies, [](const Observed& policy) { return policy.last_permit_at.has_value(); });
  co_return listing;
}

Async<Versioned> OfflineReader::get(PolicyId id) {
  const auto found = std::ranges::find(list_.policies, id, &Observed::id);
  if (found == list_.policies.end()) {
    co_return Error{ErrorCode::not_found,
                    "the saved list does not hold policy " + printable(id.value)};
  }
  Versioned versioned{*found, Etag()};
  co_return versioned;
}

Async<RoleTable> OfflineReader::roles(RoleQuery pair) {
  co_return offline_roles(list_.policies, pair);
}

std::optional<RoleTable> OfflineReader::cached_roles(const RoleQuery& pair) const {
  return offline_roles(list_.policies, pair);
}

}  // namespace authzd
