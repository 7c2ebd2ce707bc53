// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Reads the files of accounts again, for an account that has met a revision whose file was not
// read.
#pragma once

#include <boost/asio/awaitable.hpp>

namespace authzd {

class FleetLook {
 public:
  FleetLook() = default;
  FleetLook(const FleetLook&) = delete;
  FleetLook& operator=(const FleetLook&) = delete;
  virtual ~FleetLook() = default;

  /// Returns once a look that begins from now on has ended, whatever it found: FleetRevision has
  /// it. Accounts that ask at the same time share one.
  virtual boost::asio::awaitable<void> look() = 0;
};

}  // namespace authzd
