// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// PolicyReader over HTTP.
#pragma once

#include "daemon/iam/gateway.hpp"
#include "daemon/iam/session.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace authzd {

class HttpPolicyReader final : public PolicyReader {
 public:
  /// `page_size` 0: as many a page as IAM likes.
  HttpPolicyReader(std::shared_ptr<Session> session, AccountId account, std::size_t page_size);

  Async<TokenIdentity> identity() override;
  Async<Listing> list() override;
  Async<Versioned> get(PolicyId id) override;

  /// An empty table is not kept: a pair that IAM does not support today may be one tomorrow.
  Async<RoleTable> roles(RoleQuery pair) override;
  void forget_roles(const RoleQuery& pair) override { cached_.erase(pair); }

 private:
  struct CachedRoles {
    RoleTable table;
    TokenBucket::Time until;
  };

  Async<Listing> list_pages(bool with_last_permit);
  void warn_of(const std::vector<std::string>& unreadable);

  std::shared_ptr<Session> session_;
  AccountId account_;
  std::size_t page_size_;
  bool ask_last_permit_ = true;  // until IAM refuses the format
  std::map<RoleQuery, CachedRoles> cached_;
  std::set<std::string> warned_of_;  // what was wrong with policies that were left out
};

}  // namespace authzd
