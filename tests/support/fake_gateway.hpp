// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A gateway with state and no network: FakeIam behind the interfaces of daemon/iam/gateway.hpp,
// with scripted faults and a record of every call.
#pragma once

#include "daemon/iam/gateway.hpp"
#include "tests/support/fake_iam.hpp"

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace authzd::test {

/// A scripted fault for the next call of a kind. Calls have HTTP names: "LIST", "GET", "ROLES",
/// "IDENTITY", "POST", "PUT", "DELETE", "PATCH".
struct Fault {
  enum class Kind {
    none,         // this call succeeds
    refused,      // nothing happens; returns `error`
    lost_before,  // nothing happens; the reply is lost
    lost_after,   // it is done; the reply is lost
    no_etag,      // it is done; the reply has no ETag
  };

  Kind kind = Kind::none;
  Error error = {};
  std::size_t behind = 0;  // reads: the replica lags by this many writes
};

class FakeGateway : public PolicyReader, public PolicyWriter {
 public:
  /// Writes are made as `who`.
  FakeGateway(AccountId account, IamId who);

  FakeIam iam;
  std::map<RoleQuery, RoleTable> role_tables;
  std::map<std::string, std::deque<Fault>> faults;  // by call; each is used once
  std::vector<std::string> calls;  // "GET <id>", "POST", … in the order of their start
  std::function<void(const std::string&)> before_call;  // may change `iam`
  std::optional<Timestamp> server_date;

  /// Calls that may change IAM.
  [[nodiscard]] std::size_t write_count() const;
  [[nodiscard]] std::size_t call_count(const std::string& name) const;

  /// The highest number of concurrent calls.
  [[nodiscard]] std::size_t most_at_once() const { return most_at_once_; }

  Async<TokenIdentity> identity() override;
  Async<Listing> list() override;
  Async<Versioned> get(PolicyId id) override;
  Async<RoleTable> roles(RoleQuery pair) override;
  void forget_roles(const RoleQuery& pair) override;
  Async<Written> create(PolicyContent content) override;
  Async<Written> replace(PolicyId id,
                         PolicyContent content,
                         Etag etag,
                         PolicyLayout layout) override;
  Async<std::string> remove(PolicyId id) override;
  Async<Written> restore(PolicyId id, Etag etag) override;

 private:
  boost::asio::awaitable<Fault> begin(std::string name, std::string argument);
  Result<Written> end(const Fault& fault, Result<Versioned> stored);

  IamId who_;
  std::size_t under_way_ = 0;
  std::size_t most_at_once_ = 0;
  std::size_t transactions_ = 0;
};

Fault refused(Error error);
Fault lost_before();
Fault lost_after();
Fault no_etag();
Fault lagging(std::size_t behind = 1);

}  // namespace authzd::test
