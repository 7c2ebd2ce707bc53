// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The names of users, from wherever this host has them. To look one up may ask a directory service
// on the network and take as long as that likes, so it is done in a thread beside the loop, as it
// is for the names of hosts.
#pragma once

#include "daemon/net/async.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace authzd {

/// Blocks. Empty: there is no such user, or it cannot be found out.
std::string look_up_user_name(unsigned uid);

class UserNames {
 public:
  using LookUp = std::function<std::string(unsigned uid)>;

  /// `look_up` must be safe in another thread, which may outlive this.
  explicit UserNames(boost::asio::any_io_executor executor,
                     LookUp look_up = look_up_user_name,
                     std::chrono::milliseconds patience = std::chrono::seconds(1));

  /// The name, which is remembered for 10 minutes; empty where there is none, where it does not
  /// come within the patience, or where too many look-ups hang already. Errors: none.
  boost::asio::awaitable<std::string> of(unsigned uid);

 private:
  struct Known {
    std::string name;
    std::chrono::steady_clock::time_point until;
  };

  Async<std::string> ask(unsigned uid);

  boost::asio::any_io_executor executor_;
  LookUp look_up_;
  std::chrono::milliseconds patience_;
  std::map<unsigned, Known> known_;
  struct Place {};
  std::shared_ptr<Place> under_way_;  // each look-up that has not ended holds it, too
};

}  // namespace authzd
