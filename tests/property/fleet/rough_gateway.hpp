// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One daemon's connection to a shared IAM: with random faults, and watched by a witness.
#pragma once

#include "daemon/iam/gateway.hpp"
#include "daemon/net/clock.hpp"
#include "tests/property/fleet/weather.hpp"
#include "tests/property/fleet/witness.hpp"
#include "tests/support/fake_iam.hpp"

#include <functional>

namespace authzd::test {

/// What a daemon's process shares with its surroundings. All of it outlives the gateways.
struct Surroundings {
  FakeIam& iam;
  Clock& clock;
  Rng& rng;
  Witness& witness;
  IamId who;
  Bug bug = Bug::none;
  Storm storm = {};
  bool is_dead = false;  // the process was killed, and not replaced yet
  std::function<void()> meddle;
};

class RoughGateway final : public PolicyReader, public PolicyWriter {
 public:
  explicit RoughGateway(Surroundings& around) : around_(around) {}

  Async<TokenIdentity> identity() override;
  Async<Listing> list() override;
  Async<Versioned> get(PolicyId id) override;
  Async<RoleTable> roles(RoleQuery pair) override;
  void forget_roles(const RoleQuery&) override {}
  Async<Written> create(PolicyContent content) override;
  Async<Written> replace(PolicyId id,
                         PolicyContent content,
                         Etag etag,
                         PolicyLayout layout) override;
  Async<std::string> remove(PolicyId id) override;
  Async<Written> restore(PolicyId id, Etag etag) override;

 private:
  boost::asio::awaitable<std::optional<Error>> set_out();
  Result<Written> come_back(const std::string& verb, Result<Versioned> stored);
  void die_by_chance();
  [[nodiscard]] std::size_t behind();
  [[nodiscard]] Observed as_shown(Observed policy) const;

  Surroundings& around_;
};

}  // namespace authzd::test
