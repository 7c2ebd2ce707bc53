// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// PolicyReader over a saved list: asks nobody.
#pragma once

#include "daemon/iam/gateway.hpp"
#include "daemon/iam/offline_list.hpp"

namespace authzd {

class OfflineReader final : public PolicyReader {
 public:
  /// `account` is whose list it is; the file does not say.
  OfflineReader(SavedList list, AccountId account);

  /// The account given, and nobody.
  Async<TokenIdentity> identity() override;
  Async<Listing> list() override;

  /// Without an ETag. Errors: not_found where the list does not hold it.
  Async<Versioned> get(PolicyId id) override;

  Async<RoleTable> roles(RoleQuery pair) override;
  [[nodiscard]] std::optional<RoleTable> cached_roles(const RoleQuery& pair) const override;
  void forget_roles(const RoleQuery&) override {}

 private:
  SavedList list_;
  AccountId account_;
};

}  // namespace authzd
