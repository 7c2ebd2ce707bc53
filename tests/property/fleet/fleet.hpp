// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Several daemons on one IAM, and people who change it, generated from one seed. First a storm:
// manifests change, calls fail, replicas lag, processes die, people edit policies. Then calm, in
// which a person approves held actions; then quiescence.
#pragma once

#include "tests/property/fleet/host.hpp"
#include "tests/support/virtual_clock.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace authzd::test {

/// Who shares the account.
enum class Company {
  alone,  // one daemon
  two_owners,
  twins,     // two hosts with the same configuration, and the same identity
  observer,  // one that writes, and one that is read-only
};

struct Story {
  std::uint64_t seed = 0;
  Company company = Company::alone;
  Storm storm = {};
  Bug bug = Bug::none;
};

class Fleet {
 public:
  explicit Fleet(const Story& story);

  /// The violated laws, in words; empty: none.
  std::vector<std::string> run();

 private:
  void populate();
  void change_manifests();
  void meddle();
  void edit(const Observed& policy);
  void all_cycle(std::chrono::minutes pause);
  void storm();
  void calm();
  void rest();
  void check_convergence(Host& host);
  [[nodiscard]] std::pair<std::string, std::string> any_pair();
  [[nodiscard]] std::string any_role_crn();
  [[nodiscard]] PolicyContent any_content();
  [[nodiscard]] std::size_t sent();

  Story story_;
  Rng rng_;
  boost::asio::io_context io_{1};
  VirtualClock clock_;
  FakeIam iam_{kFleetAccount};
  std::deque<Host> hosts_;
  std::vector<std::string> faults_;
};

}  // namespace authzd::test
