// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// PolicyReader over a saved list: sends nothing.
#pragma once

#include "daemon/iam/gateway.hpp"
#include "daemon/iam/offline_list.hpp"

namespace authzd {

class OfflineReader final : public PolicyReader {
 public:
  /// `account` is the list's account; the file does not say it.
  OfflineReader(SavedList list, AccountId account);

  /// The given account, without an identity.
  Async<TokenIdentity> identity() override;
  Async<Listing> list() override;

  /// Without an ETag. Errors: not_found if the list lacks it.
  Async<Versioned> get(PolicyId id) override;

  Async<RoleTable> roles(RoleQuery pair) override;
  [[nodiscard]] std::optional<RoleTable> cached_roles(const RoleQuery& pair) const override;
  void forget_roles(const RoleQuery&) override {}

 private:
  SavedList list_;
  AccountId account_;
};

}  // namespace authzd
